import { expect, test } from 'vitest'
import type { SessionView } from '../../../config/contract/api.ts'
import { type Listed, listed } from '../../../web/model/listing.ts'
import { fromView } from '../../../web/model/session.ts'

const now = Date.parse('2026-01-02T12:00:00Z')
const session = (id: string, state: SessionView['state'], createdAt: string): Listed =>
  fromView({ id, owner: 'ada', state, createdAt })
const ids = (sessions: Listed[], dismissed: string[] = []) =>
  listed(sessions, new Set(dismissed), now).map(({ view }) => view.id)

test('the living come newest first', () => {
  const old = session('old', 'ready', '2026-01-01T10:00:00Z')
  const young = session('young', 'requested', '2026-01-02T10:00:00Z')
  expect(ids([old, young])).toEqual(['young', 'old'])
})

test('an ended session is shown for a moment to whoever saw it end', () => {
  const ended = session('ended', 'ended', '2026-01-02T10:00:00Z')
  expect(ids([ended])).toEqual([])
  expect(ids([{ ...ended, seenEnding: now - 5000 }])).toEqual(['ended'])
  expect(ids([{ ...ended, seenEnding: now - 60_000 }])).toEqual([])
})

test('a failure of the last day is shown until it is dismissed', () => {
  const failed = session('failed', 'failed', '2026-01-02T01:00:00Z')
  expect(ids([failed])).toEqual(['failed'])
  expect(ids([failed], ['failed'])).toEqual([])
  expect(ids([session('failed', 'failed', '2025-12-30T01:00:00Z')])).toEqual([])
})
