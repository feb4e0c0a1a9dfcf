import type { Page } from 'playwright-core'

/** A part of the desktop, in its pixels. */
export type Area = { x: number; y: number; width: number; height: number }

/** Milliseconds of the page's clock; `pressed` is when the browser made the event, `sent` when noVNC sent it on. */
export type Change = { pressed: number; sent: number; answered: number; drawn: number }
export type Burst = { milliseconds: number; bytes: number; frames: number }

/** Promises are kept in the page under this name while what they wait for is done to it. */
type Probe = {
  waiting?: Promise<unknown>
  encodings?: readonly number[]
  /** Keeps the page's nudges back: what keys are like without them. */
  withoutNudges?: boolean
  choose(encodings: readonly number[]): void
  /** Resolves when a pixel of this area has become another one. */
  change(area: Area): Promise<Change>
  /** From the next event until nothing has come for so long; only frames that drew most of an area count. */
  burst(atLeast: number, quiet: number): Promise<Burst>
  /** Resolves when the display has sent nothing for so long. */
  calm(milliseconds: number): Promise<void>
  /**
   * How far the picture is from the display's own once nothing has come for so long: the largest difference of a
   * colour, 0 to 255. Asks for the same picture again in an encoding that loses nothing.
   */
  error(area: Area, quiet: number, lossless: readonly number[]): Promise<number>
  /** Frames and bytes of the next milliseconds. */
  during(milliseconds: number, atLeast: number): Promise<Burst>
}
declare global {
  var probe: Probe
}

/**
 * Puts itself between noVNC and the browser, before any program of the page runs. noVNC draws into a hidden canvas
 * and copies what has changed to the one that is seen: that copy is the moment that counts here, so nothing is
 * polled. What the compositor takes to put it on a screen (up to one of its frames) is not in the figures. Encodings
 * are changed where the page sends them to the display, so every candidate runs through the page as it is.
 */
export const installProbe = (page: Page) => page.addInitScript(probeInPage)

function probeInPage() {
  let display: WebSocket | undefined
  let canvas: HTMLCanvasElement | undefined
  let pressed = 0
  let sent = 0
  let answered = 0
  let bytes = 0
  let received = 0
  const onDraw = new Set<(x: number, y: number, width: number, height: number) => void>()

  for (const type of ['keydown', 'pointermove'])
    window.addEventListener(
      type,
      event => {
        if (!event.isTrusted) return
        pressed = event.timeStamp
        sent = answered = 0
      },
      { capture: true },
    )

  // The first who listens, so that what came is heard before noVNC draws it.
  globalThis.WebSocket = new Proxy(WebSocket, {
    construct(native, args: [string, string[]]) {
      const socket = new native(...args)
      if (!socket.url.endsWith('/display')) return socket
      display = socket
      socket.addEventListener('message', event => {
        received = performance.now()
        bytes += (event.data as ArrayBuffer).byteLength
        if (sent > 0 && answered === 0) answered = received
      })
      return socket
    },
  })
  const { send } = WebSocket.prototype
  WebSocket.prototype.send = function (data) {
    const message = new Uint8Array(data as ArrayBufferLike)
    const [SET_ENCODINGS, UPDATE_REQUEST, KEY] = [2, 3, 4]
    // A release of Scroll Lock: see web/session/nudge.ts.
    const isNudge = message[0] === KEY && message[1] === 0 && message[6] === 0xff && message[7] === 0x14
    if (isNudge && probe.withoutNudges) return
    if (message[0] !== UPDATE_REQUEST && !isNudge && sent === 0) sent = performance.now()
    const isList =
      message[0] === SET_ENCODINGS && message.length === 4 + 4 * ((message[2] ?? 0) * 256 + (message[3] ?? 0))
    send.call(this, isList && probe.encodings ? setEncodings(probe.encodings) : data)
  }

  function setEncodings(list: readonly number[]) {
    const message = new DataView(new ArrayBuffer(4 + 4 * list.length))
    message.setUint8(0, 2)
    message.setUint16(2, list.length)
    for (const [at, encoding] of list.entries()) message.setInt32(4 + 4 * at, encoding)
    return message.buffer
  }

  const { drawImage } = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.drawImage = function (...args: unknown[]) {
    Reflect.apply(drawImage, this, args)
    if (!this.canvas.isConnected || args.length !== 9) return
    canvas = this.canvas
    const [x, y, width, height] = args.slice(5) as [number, number, number, number]
    for (const draw of onDraw) draw(x, y, width, height)
  }

  const pixels = ({ x, y, width, height }: Area) =>
    canvas?.getContext('2d')?.getImageData(x, y, width, height).data ?? new Uint8ClampedArray()

  const listen = (atLeast: number) => {
    const seen = { frames: 0, last: 0 }
    const draw = (_x: number, _y: number, width: number, height: number) => {
      if (width * height < atLeast) return
      seen.frames++
      seen.last = performance.now()
    }
    onDraw.add(draw)
    return { seen, stop: () => onDraw.delete(draw) }
  }
  const pause = (milliseconds: number) => new Promise<void>(resolve => setTimeout(resolve, milliseconds))

  globalThis.probe = {
    choose(encodings) {
      this.encodings = encodings
      if (display) send.call(display, setEncodings(encodings))
    },
    change(area) {
      const before = pixels(area)
      pressed = 0
      return new Promise(resolve => {
        const draw = () => {
          if (pressed === 0) return
          const drawn = performance.now()
          const now = pixels(area)
          if (now.every((value, at) => value === before[at])) return
          onDraw.delete(draw)
          resolve({ pressed, sent, answered, drawn })
        }
        onDraw.add(draw)
      })
    },
    async burst(atLeast, quiet) {
      const { seen, stop } = listen(atLeast)
      pressed = 0
      bytes = 0
      while (pressed === 0 || seen.frames === 0 || performance.now() - Math.max(received, seen.last) < quiet)
        await pause(20)
      stop()
      return { milliseconds: seen.last - pressed, bytes, frames: seen.frames }
    },
    async calm(milliseconds) {
      while (performance.now() - received < milliseconds) await pause(50)
    },
    async error(area, quiet, lossless) {
      await this.calm(quiet)
      const before = pixels(area)
      this.choose(lossless)
      const request = new DataView(new ArrayBuffer(10))
      request.setUint8(0, 3)
      request.setUint16(6, canvas?.width ?? 0)
      request.setUint16(8, canvas?.height ?? 0)
      // An empty ClientCutText first: on any such message an idle QEMU looks at its display at once.
      if (display)
        for (const message of [new Uint8Array([6, 0, 0, 0, 0, 0, 0, 0]), request]) send.call(display, message)
      received = performance.now()
      await this.calm(1000)
      return pixels(area).reduce((most, value, at) => Math.max(most, Math.abs(value - (before[at] ?? 0))), 0)
    },
    async during(milliseconds, atLeast) {
      const { seen, stop } = listen(atLeast)
      bytes = 0
      await pause(milliseconds)
      stop()
      return { milliseconds, bytes, frames: seen.frames }
    },
  }
}
