import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../../config/bus/connect.ts'
import { ensureStreams } from '../../config/bus/streams.ts'

const AGAIN = 250

/**
 * Does `more` now, and after each lost connection makes the streams and does it again: a server that comes back may have
 * lost its store. Returns after the first time.
 */
export async function keepMade(bus: Bus, more: () => Promise<void>): Promise<void> {
  await more()
  bus.onReconnect(async () => {
    // When it is away once more, its next return comes here too.
    while (!bus.isAway() && !bus.nc.isClosed()) {
      try {
        await ensureStreams(bus)
        return await more()
      } catch {
        await sleep(AGAIN)
      }
    }
  })
}
