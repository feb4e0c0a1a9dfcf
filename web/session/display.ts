import type RFB from '@novnc/novnc'
import { backOff } from '../model/back-off.ts'
import { type Connection, connect } from './connection.ts'
import { applyFit, type Fit, readFit, writeFit } from './fit.ts'
import { nudge } from './nudge.ts'
import { Pause } from './pause.ts'

export type DisplayState = 'closed' | 'connecting' | 'connected' | 'reconnecting'

type Listener = {
  state(state: DisplayState): void
  /** Text was copied in the desktop. */
  clipboard(text: string): void
  /** The keyboard works in the desktop now. */
  focused(byKeyboard: boolean): void
  /** The user asked to leave the desktop by keyboard. */
  left(): void
}

/** How long the last picture stays under a new connection that has not drawn yet, in milliseconds. */
const OVERLAP = 1500

/*
 * Chosen by test/bench/remote-feel.ts. From 7 on, QEMU sends as JPEG only what changes 12 times a second (8: 14, 9: 16),
 * and sends it again without loss once it has been still for two seconds: a figure that is read is exact. At 4 smooth
 * pictures are JPEG at once and stay so: a whole-screen photograph comes in a third of the time over 20 Mbit/s, with
 * colours wrong by up to 60 of 255. Text costs the same at every level, a tenth of the time of raw.
 */
const QUALITY = 7
const COMPRESSION = 2

/** A session's desktop in an element of its own. While it is open it reconnects by itself, for ever. */
export class Display {
  readonly element = document.createElement('div')
  #sessionId: string
  #on: Listener
  #label = ''
  #isOpen = false
  #rfb: RFB | undefined
  #canvas: HTMLCanvasElement | undefined
  #pause = new Pause()
  fit: Fit = readFit()

  constructor(sessionId: string, on: Listener) {
    this.#sessionId = sessionId
    this.#on = on
    this.element.className = 'display'
    window.addEventListener('keydown', event => this.#crossByKey(event), { capture: true })
    window.addEventListener('online', () => this.#retryNow(true))
    document.addEventListener('visibilitychange', () => this.#retryNow(false))
  }

  open() {
    if (this.#isOpen) return
    this.#isOpen = true
    void this.#keepConnected()
  }

  close() {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#rfb?.disconnect()
    this.#pause.end()
  }

  /** What a screen reader calls the desktop. */
  set label(text: string) {
    this.#label = text
    this.#canvas?.setAttribute('aria-label', text)
  }

  setFit(fit: Fit) {
    this.fit = fit
    writeFit(fit)
    if (this.#rfb) applyFit(this.#rfb, fit)
  }

  focus() {
    this.#rfb?.focus({ preventScroll: true })
  }

  sendCtrlAltDel() {
    this.#rfb?.sendCtrlAltDel()
    this.focus()
  }

  /** Puts text into the desktop's clipboard. */
  paste(text: string) {
    this.#rfb?.clipboardPasteFrom(text)
  }

  type(keysyms: readonly number[]) {
    for (const keysym of keysyms) this.#rfb?.sendKey(keysym, null)
  }

  async #keepConnected() {
    this.#on.state('connecting')
    for (let attempt = 0; this.#isOpen; attempt++) {
      const connection = await connect(this.#sessionId, this.element).catch(() => undefined)
      if (connection && this.#isOpen) {
        attempt = 0
        await this.#use(connection)
      } else connection?.rfb.disconnect()
      if (!this.#isOpen) break
      this.#on.state('reconnecting')
      await this.#pause.wait(backOff(attempt))
    }
    this.#on.state('closed')
  }

  /** Until the connection is lost; then its last picture stays in place. */
  async #use({ rfb, socket, layer, canvas, lost }: Connection) {
    const hadFocus = this.element.contains(document.activeElement)
    this.#rfb = rfb
    this.#canvas = canvas
    this.#prepare(canvas)
    nudge(rfb, canvas, socket)
    rfb.qualityLevel = QUALITY
    rfb.compressionLevel = COMPRESSION
    rfb.showDotCursor = true
    applyFit(rfb, this.fit)
    rfb.addEventListener('clipboard', event => this.#on.clipboard(event.detail.text))
    this.#on.state('connected')
    if (hadFocus || document.activeElement === document.body) this.focus()
    setTimeout(() => this.#dropLayersBelow(layer), OVERLAP)

    await lost
    this.#rfb = undefined
    const isFocused = document.activeElement === document.body
    layer.replaceChildren(canvas)
    layer.classList.add('frozen')
    if (isFocused) canvas.focus({ preventScroll: true })
  }

  #prepare(canvas: HTMLCanvasElement) {
    canvas.tabIndex = 0
    canvas.setAttribute('role', 'application')
    canvas.setAttribute('aria-label', this.#label)
    canvas.addEventListener('focus', () => this.#on.focused(canvas.matches(':focus-visible')))
    // noVNC lets go of held keys when the window loses the focus, not when its canvas does.
    canvas.addEventListener('blur', () => window.dispatchEvent(new Event('blur')))
  }

  #dropLayersBelow(layer: HTMLElement) {
    while (layer.previousElementSibling) layer.previousElementSibling.remove()
  }

  /** Ctrl+Alt+Home, heard before noVNC sends it on: out of the desktop, or into it. */
  #crossByKey(event: KeyboardEvent) {
    if (!event.ctrlKey || !event.altKey || event.code !== 'Home' || !this.#isOpen) return
    event.preventDefault()
    event.stopPropagation()
    if (this.element.contains(document.activeElement)) this.#on.left()
    else this.focus()
  }

  #retryNow(isNewNetwork: boolean) {
    // A connection over the old network may be dead without anybody noticing for minutes.
    if (isNewNetwork) this.#rfb?.disconnect()
    if (document.visibilityState === 'visible') this.#pause.end()
  }
}
