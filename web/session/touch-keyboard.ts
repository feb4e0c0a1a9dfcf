import { keysBetween } from '../model/typing.ts'
import { words } from '../words.ts'
import type { Display } from './display.ts'

/** Something to delete, since a backspace in an empty field is not told. */
const FILLING = '_'.repeat(40)

/** A field that nobody sees: it has the focus so that a touch device shows its keyboard. */
export function createTouchKeyboard(display: Display) {
  const field = document.createElement('textarea')
  field.className = 'touch-keyboard'
  field.setAttribute('aria-label', words.bar.keyboard)
  field.tabIndex = -1
  field.autocapitalize = 'off'
  field.autocomplete = 'off'
  field.spellcheck = false
  let before = FILLING

  function refill() {
    before = FILLING
    field.value = FILLING
    field.setSelectionRange(FILLING.length, FILLING.length)
  }
  field.addEventListener('focus', refill)
  field.addEventListener('input', event => {
    display.type(keysBetween(before, field.value))
    before = field.value
    // A field that changes in the middle of a composition confuses the keyboard.
    const isComposing = event instanceof InputEvent && event.isComposing
    if (!isComposing && (before.length > 200 || before.length < 10)) refill()
  })

  return {
    field,
    toggle: () => (document.activeElement === field ? field.blur() : field.focus({ preventScroll: true })),
  }
}
