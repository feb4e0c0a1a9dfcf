import type { SessionRecord } from '../config/session/record.ts'
import { hasDisplay, isOver, stepOf } from '../config/session/state.ts'
import type { ProcessId } from './processes.ts'

/** What was found on the host of one session. */
export type Observed = {
  session: string
  /** Its QEMU; one too many is a fault. */
  processes: ProcessId[]
  /** Its control connection is held by this runner. */
  monitored: boolean
  /** Milliseconds since its QEMU has answered; 0 when it is not monitored. */
  silent: number
  /** Its silence was told. */
  warned: boolean
  /** A step works on it. */
  busy: boolean
  /** Its manifest tells what it was before the bus lost its record. */
  remembered: boolean
}

export type Correction = { session: string } & Change

type Change =
  /** Monitor its QEMU again. */
  | { do: 'adopt'; process: ProcessId }
  /** Do the step that its state asks for: the message for it may have been lost. */
  | { do: 'step' }
  /** It should run and does not. */
  | { do: 'mourn' }
  /** Its QEMU has not answered for a while, or answers again. */
  | { do: 'warn' }
  | { do: 'recover' }
  /** Its QEMU has not answered for so long that it never will. */
  | { do: 'give-up' }
  /** The bus has lost its record. */
  | { do: 'rebuild' }
  /** A second QEMU of it. */
  | { do: 'kill'; process: ProcessId }
  /** Nobody knows or wants it. */
  | { do: 'remove' }

/** Milliseconds. */
export const WARN_AFTER = 10_000
export const GIVE_UP_AFTER = 30_000

/**
 * What closes the difference between the records of this host and what is on it. `isStuck` tells a session whose step
 * should have begun long ago. Pure; applied to a host in order it gives nothing.
 */
export function plan(
  host: string,
  records: SessionRecord[],
  observed: Observed[],
  isStuck: (record: SessionRecord) => boolean,
): Correction[] {
  const found = new Map(observed.map(one => [one.session, one]))
  const known = new Map(records.map(record => [record.id, record]))
  return [
    ...records
      .filter(({ state }) => 'host' in state && state.host === host)
      .flatMap(record => forRecord(record, found.get(record.id), isStuck)),
    ...observed.filter(({ busy }) => !busy).flatMap(one => forFound(one, known.get(one.session))),
  ]
}

function forRecord(
  record: SessionRecord,
  found: Observed | undefined,
  isStuck: (record: SessionRecord) => boolean,
): Correction[] {
  const { id: session, state } = record
  if (found?.busy) return []
  if (!hasDisplay(state)) return stepOf(state) && isStuck(record) ? [{ do: 'step', session }] : []
  if (found?.monitored) return forSilence(session, found)
  const process = found?.processes[0]
  return [process ? { do: 'adopt', session, process } : { do: 'mourn', session }]
}

function forSilence(session: string, { silent, warned }: Observed): Correction[] {
  if (silent > GIVE_UP_AFTER) return [{ do: 'give-up', session }]
  const isSilent = silent > WARN_AFTER
  return isSilent === warned ? [] : [{ do: isSilent ? 'warn' : 'recover', session }]
}

/** Also of another host: this one may have been given a new name, and then its sessions are not ours to remove. */
function forFound(one: Observed, record: SessionRecord | undefined): Correction[] {
  const { session, processes, remembered } = one
  if (record && !isOver(record.state) && 'host' in record.state)
    return processes.slice(1).map(process => ({ do: 'kill', session, process }))
  return [{ do: !record && remembered ? 'rebuild' : 'remove', session }]
}
