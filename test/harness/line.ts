import { connect, createServer, type Socket } from 'node:net'

/** A line to a port of this machine that can break in the ways in which a network does. */
export type Line = {
  url: string
  /** Nothing comes through any more, and nobody is told: a cable that was pulled. */
  hold(): void
  /** What was held comes through. */
  release(): void
  /** Connections end, and new ones are refused at once. */
  cut(): void
  mend(): void
  /**
   * Lets what fits come through to the server and nothing after it, in the moment between a write and what follows
   * from it. Resolves then; ends with `cut`.
   */
  nothingAfter(fits: (sent: string) => boolean): Promise<void>
  close(): void
}

export async function openLine(to: string): Promise<Line> {
  const port = Number(new URL(to).port)
  const open = new Set<Socket>()
  let held = false
  let broken = false
  let last: { fits: (sent: string) => boolean; come: () => void } | undefined
  const server = createServer(near => {
    if (broken) return near.destroy()
    const far = connect(port, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.on('data', chunk => {
        other.write(chunk)
        if (socket !== near || !last?.fits(chunk.toString('latin1'))) return
        hold()
        last.come()
      })
      socket.on('error', () => {})
      socket.once('close', () => {
        open.delete(socket)
        other.destroy()
      })
      if (held) socket.pause()
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const end = () => {
    for (const socket of open) socket.destroy()
  }
  const hold = () => {
    held = true
    for (const socket of open) socket.pause()
  }
  return {
    url: `nats://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    hold,
    release() {
      held = false
      for (const socket of open) socket.resume()
    },
    cut() {
      broken = true
      end()
    },
    mend() {
      broken = false
      held = false
    },
    async nothingAfter(fits) {
      const { promise, resolve } = Promise.withResolvers<void>()
      last = { fits, come: resolve }
      await promise
      last = undefined
    },
    close() {
      server.close()
      end()
    },
  }
}
