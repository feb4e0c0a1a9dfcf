import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { bridge } from '../../functions/gateway/bridge.ts'
import { readBuffers } from '../../functions/gateway/read-buffers.ts'

/* A display that sends as fast as it can, and a viewer that stops reading. */
const folder = mkdtempSync(join(tmpdir(), 'darts-bridge-'))
const path = join(folder, 'display.sock')
const gateway = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
const display = createServer(flood)
let sent = 0

function flood(socket: Socket) {
  const block = Buffer.alloc(65_536, 7)
  const more = () => {
    while (socket.write(block)) sent += block.length
    sent += block.length
  }
  socket.on('drain', more).on('error', () => {})
  more()
}

beforeAll(async () => {
  display.listen(path)
  await once(display, 'listening')
  gateway.on('connection', (ws, { socket }) => bridge(path, readBuffers(), async () => ({ ws, socket })))
})
afterAll(() => {
  gateway.close()
  display.close()
  rmSync(folder, { recursive: true })
})

test('a viewer that does not read stops the display from being read, and gets every byte when it reads again', async () => {
  const { port } = gateway.address() as { port: number }
  const viewer = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
  await once(viewer, 'open')
  viewer.pause()
  const settled = async () => {
    let before = -1
    while (before !== sent) {
      before = sent
      await new Promise(resolve => setTimeout(resolve, 300))
    }
    return sent
  }
  const held = await settled()
  expect(held).toBeLessThan(32 * 2 ** 20)
  const memory = process.memoryUsage().rss
  let received = 0
  viewer.on('message', (data: Buffer) => {
    received += data.length
  })
  viewer.resume()
  while (received < held + 64 * 2 ** 20) await once(viewer, 'message')
  expect(process.memoryUsage().rss - memory).toBeLessThan(64 * 2 ** 20)
  viewer.terminate()
})
