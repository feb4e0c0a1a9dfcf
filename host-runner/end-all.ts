import { isOver } from '../config/session/state.ts'
import type { Context } from './context.ts'
import { takeStep } from './take-step.ts'

/** Ends every session of this host and waits until each is cleaned. */
export async function endAll(context: Context): Promise<void> {
  const { store, settings, log, exclusive } = context
  const mine = (await store.list()).filter(
    ({ state }) => 'host' in state && state.host === settings.host && !isOver(state),
  )
  log.info({ sessions: mine.length }, 'ending all desktops')
  const ended = await Promise.allSettled(
    mine.map(async ({ id }) => {
      await store.change(id, { order: 'end', reason: 'stopped' })
      exclusive.abortUnless(id, 'clean', new Error('all desktops end'))
      await takeStep(context, id, false)
    }),
  )
  for (const one of ended)
    if (one.status === 'rejected') log.error({ err: one.reason }, 'a desktop could not be ended')
}
