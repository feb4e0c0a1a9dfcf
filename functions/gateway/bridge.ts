import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { openDisplay } from './open-display.ts'
import type { ReadBuffers } from './read-buffers.ts'
import { readFrames } from './read-frames.ts'

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

  const frames = readFrames(buffers, (frame, size, done) => {
    waiting += size
    const sent = () => {
      done()
      waiting -= size
      if (waiting < HIGH_WATER / 2) display.resume()
    }
    // ws would send the head apart; between whole frames its pings and its close find their place all the same.
    if (viewer?.ws.readyState === WebSocket.OPEN) viewer.socket.write(frame, sent)
    else sent()
    return waiting < HIGH_WATER
  })
  const display = await openDisplay(path, frames.onread)
  display.once('close', frames.end)
  display.on('error', () => display.destroy())
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
