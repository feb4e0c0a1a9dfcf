import { expect, test } from 'vitest'
import type { SessionState } from '../../../config/session/state.ts'
import { dueOf, KEPT } from '../../../functions/expiry/due.ts'

const MINUTE = 60_000
const end = Date.parse('2026-01-01T12:00:00Z')
const ready = {
  state: 'ready',
  host: 'h',
  request: { expiresAt: new Date(end).toISOString() },
} as SessionState

test('a session is warned 10 and 2 minutes before its end, then expires', () => {
  expect(dueOf(ready, end - 60 * MINUTE, 0)).toEqual([
    { at: end - 10 * MINUTE, do: 'warn', minutes: 10 },
    { at: end - 2 * MINUTE, do: 'warn', minutes: 2 },
    { at: end, do: 'expire' },
  ])
})

test('a warning whose time has passed is not given late; an end whose time has passed is made up', () => {
  expect(dueOf(ready, end - 5 * MINUTE, 0).map(due => due.do)).toEqual(['warn', 'expire'])
  expect(dueOf(ready, end + MINUTE, 0)).toEqual([{ at: end, do: 'expire' }])
})

test('a session that is over is forgotten a day later; one that is ending has nothing due', () => {
  const ended = { state: 'ended', outcome: { result: 'ended', reason: 'stopped', text: '' } } as SessionState
  expect(dueOf(ended, end, end)).toEqual([{ at: end + KEPT, do: 'forget' }])
  expect(dueOf({ ...ready, state: 'ending' } as SessionState, end, end)).toEqual([])
})
