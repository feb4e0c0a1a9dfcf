import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from './context.ts'
import { freeRoom } from './handlers/create-overlay.ts'
import type { Qmp } from './qmp.ts'
import type { Session } from './steps.ts'

const LOOK_EVERY = 5000
/** MiB. */
const ENOUGH = 64
const guarded = new WeakSet<Qmp>()

/** A full disk has paused the guest: it goes on when there is room. Nothing tells that, so it is looked for. */
export async function guardRoom(
  { folders, store }: Context,
  { record, log }: Session,
  qmp: Qmp,
  signal: AbortSignal,
): Promise<void> {
  if (guarded.has(qmp)) return
  guarded.add(qmp)
  log.error('the disk is full: the desktop is paused until there is room')
  const untold = (err: unknown) => log.warn({ err }, 'its user is not told')
  try {
    await store.tell(record, { fact: 'troubled', trouble: 'no-room' }).catch(untold)
    while ((await freeRoom(folders.sessions)) < ENOUGH) await sleep(LOOK_EVERY, undefined, { signal })
    await qmp.execute('cont')
    log.info('there is room again: the desktop goes on')
    await store.tell(record, { fact: 'recovered' }).catch(untold)
  } catch (err) {
    if (!signal.aborted) log.warn({ err }, 'the paused desktop could not go on')
  } finally {
    guarded.delete(qmp)
  }
}
