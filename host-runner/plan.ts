import type { SessionRecord } from '../config/session/record.ts'
import { hasDisplay, isOver, stepOf } from '../config/session/state.ts'

/** What was found on the host of one session: its QEMU, and anything that lies in its folders. */
export type Observed = { session: string; running: boolean }

export type Correction =
  /** Monitor its QEMU again. */
  | { do: 'adopt'; session: string }
  /** Do the step that its state asks for: the message for it may have been lost. */
  | { do: 'step'; session: string }
  /** It should run and does not. */
  | { do: 'mourn'; session: string }
  /** Nobody knows or wants it. */
  | { do: 'remove'; session: string }

/**
 * What closes the difference between the records of this host and what is on it. Pure; applied to a host in order
 * it gives nothing.
 */
export function plan(host: string, records: SessionRecord[], observed: Observed[]): Correction[] {
  const found = new Map(observed.map(one => [one.session, one]))
  const wanted = records.filter(({ state }) => 'host' in state && state.host === host && !isOver(state))
  // Also those of another host: this one may have been given a new name, and then they are not ours to remove.
  const known = new Set(records.filter(({ state }) => 'host' in state && !isOver(state)).map(({ id }) => id))
  return [
    ...wanted.flatMap(({ id: session, state }): Correction[] => {
      if (hasDisplay(state)) return [{ do: found.get(session)?.running ? 'adopt' : 'mourn', session }]
      return stepOf(state) ? [{ do: 'step', session }] : []
    }),
    ...observed
      .filter(({ session }) => !known.has(session))
      .map(({ session }): Correction => ({ do: 'remove', session })),
  ]
}
