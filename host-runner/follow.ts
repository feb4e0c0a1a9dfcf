import { setTimeout as sleep } from 'node:timers/promises'
import { DartsError } from '../config/errors.ts'
import type { Context } from './context.ts'

/** Aborts the running step of a session that is told to end, so that its cleaning need not wait for it. */
export async function follow({ store, settings, exclusive, log, stopping }: Context): Promise<void> {
  const { signal } = stopping
  while (!signal.aborted) {
    try {
      for await (const record of store.watch(signal)) {
        if (!record || 'gone' in record) continue
        const { id, state } = record
        if (state.state === 'ending' && state.host === settings.host)
          exclusive.abortUnless(id, 'clean', new DartsError('internal', 'the session is ending'))
      }
    } catch (err) {
      if (!signal.aborted) log.warn({ err }, 'sessions are not followed for a moment')
    }
    await sleep(500, undefined, { signal }).catch(() => {})
  }
}
