import { setTimeout as sleep } from 'node:timers/promises'
import { toDartsError } from '../config/errors.ts'
import type { Order } from '../config/session/decide.ts'
import type { Context } from './context.ts'

const AGAIN = 500

/**
 * Writes what has happened to a desktop, and sends the step that follows. No message stands behind it that would be
 * delivered again, so it is repeated here for as long as the bus is away.
 */
export async function persist({ store, log, stopping }: Context, id: string, order: Order): Promise<void> {
  for (;;) {
    try {
      const { record } = await store.change(id, order)
      return await store.sendStep(record)
    } catch (thrown) {
      const error = toDartsError(thrown)
      if (error.code !== 'bus-unavailable') {
        log.error({ err: error, sessionId: id, order: order.order }, 'could not be stored')
        return
      }
      if (stopping.signal.aborted) return
      await sleep(AGAIN)
    }
  }
}
