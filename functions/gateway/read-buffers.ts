import { HEAD } from './frame.ts'

const SHARED = 16 * 1024
/** Larger ones were no faster, and took more CPU time: what was read has left the caches before it is sent. */
const LARGE = 112 * 1024
/** Large ones that there are for all viewers together: less than 2 MiB. */
const MOST = 16

/** What display sockets are read into: one that all share, and large ones that are taken and given back. */
export function readBuffers() {
  const free: Buffer[] = []
  let made = 0
  return {
    shared: Buffer.allocUnsafeSlow(SHARED),
    /** Has room for a frame's head in front of what is read. None when others have them all. */
    take(): Buffer | undefined {
      if (free.length > 0 || made === MOST) return free.pop()
      made++
      return Buffer.allocUnsafeSlow(HEAD + LARGE)
    },
    /** When what was read into it has been sent, never before. */
    giveBack(buffer: Buffer) {
      free.push(buffer)
    },
  }
}

export type ReadBuffers = ReturnType<typeof readBuffers>
