import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { bridge, CLOSE } from '../../functions/gateway/bridge.ts'
import { readBuffers } from '../../functions/gateway/read-buffers.ts'

/* A display that sends messages of chosen lengths with a pause between them, and closes. */
const folder = mkdtempSync(join(tmpdir(), 'darts-bytes-'))
const path = join(folder, 'display.sock')
const gateway = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
const buffers = readBuffers()
const full = buffers.shared.length
let messages: Buffer[] = []
const display = createServer(async socket => {
  for (const message of messages) {
    socket.write(message)
    await wait(20)
  }
  socket.end()
})

beforeAll(async () => {
  display.listen(path)
  await once(display, 'listening')
  gateway.on('connection', (ws, { socket }) => bridge(path, buffers, async () => ({ ws, socket })))
})
afterAll(() => {
  gateway.close()
  display.close()
  rmSync(folder, { recursive: true })
})

test.each([
  [[1, 125, 126, 127, 4096]],
  [[full - 1, full, full + 1]],
  [[full, 1, full, full]],
  [[65_535, 65_536, 2 ** 20, full, 3 * 2 ** 20, 5]],
])('every byte arrives, in its order, and the last before the close: messages of %j', async sizes => {
  messages = sizes.map(size => randomBytes(size))
  const { port } = gateway.address() as { port: number }
  const viewers = Array.from({ length: 20 }, async () => {
    const ws = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
    const seen: Buffer[] = []
    ws.on('message', (data: Buffer, binary) => seen.push(binary ? data : Buffer.from('text')))
    const [code] = await once(ws, 'close')
    return { code, same: Buffer.concat(seen).equals(Buffer.concat(messages)) }
  })
  for (const seen of await Promise.all(viewers)) expect(seen).toEqual({ code: CLOSE.over, same: true })
})
