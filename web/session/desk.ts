import { sessionIdHere } from '../live/site.ts'
import { hasDisplay, isOver } from '../model/session.ts'
import * as computer from './computer-clipboard.ts'
import { Display } from './display.ts'
import { change, page } from './state.ts'
import { createTouchKeyboard } from './touch-keyboard.ts'

const HINT_SHOWN = 5000

/** The desktop of this page's session, and what works on it. */
export const display = new Display(sessionIdHere(), {
  state: state => change({ display: state }),
  clipboard(text) {
    if (text === '') return
    change({ clipboard: text })
    void computer.write(text)
  },
  focused(byKeyboard) {
    if (byKeyboard) hintOnce()
    void shareComputerClipboard()
  },
  left: focusFirstControl,
})

function focusFirstControl() {
  const controls = document.querySelectorAll<HTMLElement>('.bar button:not(.skip)')
  for (const control of controls) if (control.checkVisibility()) return control.focus()
}

export const touchKeyboard = createTouchKeyboard(display)

export function sendClipboard(text: string) {
  change({ clipboard: text })
  display.paste(text)
}

/** The display is open while the session has one, or will have one in a moment. */
export function openDisplayWhenBooted(): void {
  page.subscribe(() => {
    const { session } = page.get()
    if (!session) return
    const { state } = session.view
    // A warm start is there before a connection would be: it is made while the copy wakes.
    if (hasDisplay(state) || (session.start === 'warm' && state === 'placed')) display.open()
    else if (state === 'ending' || isOver(state)) display.close()
  })
  window.addEventListener('focus', () => {
    if (display.element.contains(document.activeElement)) void shareComputerClipboard()
  })
}

async function shareComputerClipboard() {
  if (!(await computer.mayRead())) return
  const text = await computer.read()
  if (text && text !== page.get().clipboard) sendClipboard(text)
}

let wasHinted = false
function hintOnce() {
  if (wasHinted || matchMedia('(pointer: coarse)').matches) return
  wasHinted = true
  change({ showsLeaveHint: true })
  setTimeout(() => change({ showsLeaveHint: false }), HINT_SHOWN)
}
