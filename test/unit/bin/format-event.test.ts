import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { formatEvent } from '../../../bin/commands/format-event.ts'
import { envelope } from '../../../config/contract/envelope.ts'

const time = new Date('2026-01-01T10:00:00Z')

test('an event is one line: when, whose, which session, what, and its facts', () => {
  const event = envelope('darts.session.placed.v1', 'placement', { host: 'h' }, { time })
  expect(stripVTControlCharacters(formatEvent('darts.evt.ada.abcdefghij.placed', event))).toBe(
    '2026-01-01 10:00:00.000  ada  abcdefghij  placed      host=h',
  )
})

test('control characters of a user or a guest do not reach the terminal', () => {
  const event = envelope('darts.session.failed.v1', 'x', { text: 'a\x1b[31mred\n\rb' }, { time })
  const line = formatEvent('darts.evt.ada.abcdefghij.failed', event)
  expect(stripVTControlCharacters(line)).toContain('text=a [31mred  b')
  expect(line).not.toContain('\n')
})
