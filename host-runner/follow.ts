import { setTimeout as sleep } from 'node:timers/promises'
import { DartsError } from '../config/errors.ts'
import type { SessionRecord } from '../config/session/record.ts'
import type { Context } from './context.ts'
import { reconcile } from './reconcile.ts'

const LOOK_EVERY = 5000
/** Milliseconds after which a step that nobody does must have been forgotten. */
const STUCK = 60_000

/**
 * Keeps the host as the records want it: looks at it when all of them are known, again after each lost connection, and
 * every few seconds in between, since much of what goes wrong on a host is told by nobody. A step of a session that is
 * told to end is aborted, so that its cleaning need not wait. Calls `settled` after the first look.
 */
export async function follow(context: Context, settled: () => void): Promise<void> {
  const { store, settings, exclusive, bus, log, stopping } = context
  const { signal } = stopping
  const records = new Map<string, SessionRecord>()
  /** When each was heard last, whatever the clock is set to meanwhile. */
  const heard = new Map<string, number>()
  const isStuck = ({ id }: SessionRecord) => performance.now() - (heard.get(id) ?? 0) > STUCK
  let complete = false
  let looking: Promise<void> = Promise.resolve()
  const look = (first: boolean) => {
    looking = looking
      .then(() => reconcile(context, [...records.values()], isStuck, first))
      .catch(err => signal.aborted || log.error({ err }, 'could not look at the host'))
      .then(first ? settled : undefined)
    return looking
  }

  void (async () => {
    while (!signal.aborted) {
      await sleep(LOOK_EVERY, undefined, { signal }).catch(() => {})
      // What is not heard of a bus that is away must not count as gone.
      if (complete && !signal.aborted && !bus.isAway()) await look(false)
    }
  })()
  for await (const record of store.watch(signal)) {
    if (!record) {
      complete = true
      void look(true)
    } else if ('gone' in record) {
      records.delete(record.id)
      heard.delete(record.id)
    } else {
      records.set(record.id, record)
      heard.set(record.id, performance.now())
      const { id, state } = record
      if (state.state === 'ending' && state.host === settings.host)
        exclusive.abortUnless(id, 'clean', new DartsError('internal', 'the session is ending'))
    }
  }
}
