import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { frameAround, frameOf, HEAD } from './frame.ts'
import { openDisplay } from './open-display.ts'
import type { ReadBuffers } from './read-buffers.ts'

/** Bytes that wait for a slow viewer before its display is no longer read. */
const HIGH_WATER = 4 * 2 ** 20

/** Close codes of a display; a browser reads them as numbers. 4000 and above are an application's own. */
export const CLOSE = { over: 4001, notBinary: 1003 } as const

/** A websocket and the connection below it: what comes from the display is written there in whole frames. */
export type Viewer = { ws: WebSocket; socket: Duplex }

/**
 * Carries RFB between a viewer and a display socket, untouched, binary frames only. Whoever reads slowly stops the
 * reading on the other side, so that nothing grows. Returns once both are connected.
 * @throws when the display socket cannot be opened
 */
export async function bridge(
  path: string,
  buffers: ReadBuffers,
  accept: () => Promise<Viewer>,
): Promise<void> {
  let viewer: Viewer | undefined
  let waiting = 0
  /** What the display is read into next, unless it is the shared buffer. */
  let own: Buffer | undefined

  const display = await openDisplay(path, {
    buffer: () => own?.subarray(HEAD) ?? buffers.shared,
    callback: size => {
      const read = own
      const frame = read ? frameAround(read, size) : frameOf(buffers.shared.subarray(0, size))
      own = size >= buffers.shared.length ? buffers.take() : undefined
      waiting += size
      const sent = () => {
        if (read) buffers.giveBack(read)
        waiting -= size
        if (waiting < HIGH_WATER / 2) display.resume()
      }
      // ws would send the head apart; between whole frames its pings and its close find their place all the same.
      if (viewer?.ws.readyState === WebSocket.OPEN) viewer.socket.write(frame, sent)
      else sent()
      return waiting < HIGH_WATER
    },
  })
  display.on('error', () => display.destroy())
  display.once('close', () => {
    if (own) buffers.giveBack(own)
    own = undefined
  })
  viewer = await accept().catch(error => {
    display.destroy()
    throw error
  })
  const { ws } = viewer

  ws.on('message', (data, binary) => {
    if (!binary) return ws.close(CLOSE.notBinary, 'binary frames only')
    if (!display.write(data as Buffer)) ws.pause()
  })
  display.on('drain', () => ws.resume())
  display.once('close', () => ws.close(CLOSE.over, 'the display is gone'))
  ws.on('error', () => ws.terminate())
  ws.once('close', () => display.destroy())
  display.resume()
}
