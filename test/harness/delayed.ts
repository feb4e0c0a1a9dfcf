import type { Server, Socket } from 'node:net'
import { connect } from 'node:net'
import { pipeline, Transform } from 'node:stream'

/** Bytes on their way in one direction, several times what 20 Mbit/s holds in 25 ms; more wait at their sender. */
const IN_FLIGHT = 256 * 1024

/** Hands on each chunk this many milliseconds after it came, in order; a slow reader stops the writer. */
export function delayed(milliseconds: number): Transform {
  let inFlight = 0
  let goOn: (() => void) | undefined
  return new Transform({
    transform(chunk: Buffer, _, done) {
      inFlight += chunk.length
      // Timers of the same length end in the order in which they began.
      setTimeout(() => {
        this.push(chunk)
        inFlight -= chunk.length
        const held = goOn
        goOn = undefined
        held?.()
      }, milliseconds)
      if (inFlight < IN_FLIGHT) done()
      else goOn = done
    },
    flush: done => void setTimeout(done, milliseconds),
  })
}

/** Makes a server a relay to a port of this machine's loopback, with a delay in each direction. */
export function relay(server: Server, port: number, milliseconds: number): { close(): void } {
  const open = new Set<Socket>()
  server.on('connection', near => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    near.setNoDelay(true)
    for (const socket of [near, far]) open.add(socket.once('close', () => open.delete(socket)))
    pipeline(near, delayed(milliseconds), far, () => {})
    pipeline(far, delayed(milliseconds), near, () => {})
  })
  const close = () => {
    server.close()
    for (const socket of open) socket.destroy()
  }
  return { close }
}
