import { HEAD } from './frame.ts'

const SHARED = 64 * 1024
const LARGE = 256 * 1024
/** Large ones that there are for all viewers together: 8 MiB. */
const MOST = 32

/**
 * What display sockets are read into. An idle viewer holds nothing: all wait on one shared buffer, whose bytes are
 * copied before the next read. After a read that filled it more will come, and goes into a large buffer that is sent
 * from where it lies: it is given back when it has been sent, never before. A display that fell silent in the middle
 * of a large picture keeps one, so their number is limited; who gets none goes on with the shared one.
 */
export function readBuffers() {
  const free: Buffer[] = []
  let made = 0
  return {
    shared: Buffer.allocUnsafeSlow(SHARED),
    /** Has room for a frame's head in front of what is read. */
    take(): Buffer | undefined {
      if (free.length > 0 || made === MOST) return free.pop()
      made++
      return Buffer.allocUnsafeSlow(HEAD + LARGE)
    },
    giveBack(buffer: Buffer) {
      free.push(buffer)
    },
  }
}

export type ReadBuffers = ReturnType<typeof readBuffers>
