import type { SessionView } from '../../config/contract/api.ts'
import type { Fact, Notice } from '../../config/contract/facts.ts'
import { apply, fromView, isOver, type SessionModel, withView } from './session.ts'

const ENDED_SHOWN = 20_000
const FAILED_SHOWN = 24 * 3_600_000

export type Listed = SessionModel & {
  /** When this page saw it end, in milliseconds; absent when it was over before the page was opened. */
  seenEnding?: number
}

/**
 * Which sessions "My sessions" shows, the newest first: the living, those that ended before the user's
 * eyes a moment ago, and failures of the last day until they are dismissed. Pure.
 */
export function listed(sessions: Iterable<Listed>, dismissed: ReadonlySet<string>, now: number): Listed[] {
  return [...sessions]
    .filter(session => !dismissed.has(session.view.id) && isShown(session, now))
    .sort((a, b) => (b.view.createdAt ?? '').localeCompare(a.view.createdAt ?? ''))
}

function isShown({ view, seenEnding }: Listed, now: number): boolean {
  if (!isOver(view.state)) return true
  if (view.state === 'failed') return !view.createdAt || now - Date.parse(view.createdAt) < FAILED_SHOWN
  return seenEnding !== undefined && now - seenEnding < ENDED_SHOWN
}

/** The sessions as the API told them now; what only events told of them is kept. Pure. */
export const merge = (known: ReadonlyMap<string, Listed>, views: readonly SessionView[]) =>
  new Map<string, Listed>(
    views.map(view => {
      const model = known.get(view.id)
      return [view.id, model ? withView(model, view) : fromView(view)]
    }),
  )

/** A session after this fact, `now` being when the page heard it. Pure. */
export function hearFact(session: Listed, fact: Fact | Notice, time: number, now: number): Listed {
  const next = apply(session, fact, time)
  const endsNow = isOver(next.view.state) && !isOver(session.view.state)
  return endsNow ? { ...next, seenEnding: now } : next
}
