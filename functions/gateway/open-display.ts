import { once } from 'node:events'
import { connect, type OnReadOpts, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

const TRIES = 50

/**
 * Connects to a display, paused. QEMU takes one viewer after the other and lets none wait in line: who comes at the
 * same moment as others gets EAGAIN, which no event follows, and tries again a few milliseconds later.
 * @throws what the last try failed with
 */
export async function openDisplay(path: string, onread: OnReadOpts): Promise<Socket> {
  for (let tries = 1; ; tries++) {
    const display = connect({ path, onread })
    try {
      await once(display, 'connect')
      display.setNoDelay(true)
      return display.pause()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || tries === TRIES) throw error
      await wait(2 * tries)
    }
  }
}
