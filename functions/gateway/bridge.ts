import type { WebSocket } from 'ws'
import { openDisplay } from './open-display.ts'
import type { ReadBuffers } from './read-buffers.ts'

/** Bytes that wait for a slow viewer before its display is no longer read. */
const HIGH_WATER = 4 * 2 ** 20

/** Close codes of a display; a browser reads them as numbers. 4000 and above are an application's own. */
export const CLOSE = { over: 4001, notBinary: 1003 } as const

/**
 * Carries RFB between a viewer and a display socket, untouched, binary frames only. Whoever reads slowly stops the
 * reading on the other side, so that nothing grows. Returns once both are connected.
 * @throws when the display socket cannot be opened
 */
export async function bridge(
  path: string,
  buffers: ReadBuffers,
  accept: () => Promise<WebSocket>,
): Promise<void> {
  let viewer: WebSocket | undefined
  let waiting = 0

  const display = await openDisplay(path, {
    buffer: buffers.take,
    callback: (size, bytes) => {
      const whole = bytes as Buffer
      waiting += size
      viewer?.send(whole.subarray(0, size), { binary: true, compress: false }, () => {
        buffers.giveBack(whole)
        waiting -= size
        if (waiting < HIGH_WATER / 2) display.resume()
      })
      return waiting < HIGH_WATER
    },
  })
  display.on('error', () => display.destroy())
  const ws = await accept().catch(error => {
    display.destroy()
    throw error
  })
  viewer = ws

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
