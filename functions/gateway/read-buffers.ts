const SIZE = 256 * 1024
const KEPT = 64

/**
 * Buffers that display sockets are read into, shared by all viewers: an idle one holds none of its own beyond the
 * one its socket will read into. A buffer comes back when what was read into it has been sent, never before.
 */
export function readBuffers() {
  const free: Buffer[] = []
  return {
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(SIZE),
    giveBack(buffer: Buffer) {
      if (free.length < KEPT) free.push(buffer)
    },
  }
}

export type ReadBuffers = ReturnType<typeof readBuffers>
