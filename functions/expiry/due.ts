import type { SessionState } from '../../config/session/state.ts'
import { isOver } from '../../config/session/state.ts'

const MINUTE = 60_000
/** Minutes before the end at which the user is told. */
export const WARNINGS = [10, 2]
/** A session that is over stays readable for this long. */
export const KEPT = 24 * 60 * MINUTE

export type Due =
  | { at: number; do: 'expire' }
  | { at: number; do: 'forget' }
  | { at: number; do: 'warn'; minutes: number }

/** What time will bring for a session. `overAt` is when it was seen to be over. Times in ms since the epoch. */
export function dueOf(state: SessionState, now: number, overAt: number): Due[] {
  if (isOver(state)) return [{ at: overAt + KEPT, do: 'forget' }]
  if (!state.request || state.state === 'ending') return []
  const end = Date.parse(state.request.expiresAt)
  const warnings = WARNINGS.map(minutes => ({ at: end - minutes * MINUTE, do: 'warn' as const, minutes }))
  return [...warnings.filter(({ at }) => at > now), { at: end, do: 'expire' }]
}
