import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWebSocketStream } from 'ws'
import { hashOf } from '../../config/bus/logins.ts'
import type { SessionView } from '../../config/contract/api.ts'
import { CLOSE } from '../../functions/gateway/bridge.ts'
import { machineReady } from '../harness/api.ts'
import { hear } from '../harness/heard.ts'
import { Rfb } from '../harness/rfb.ts'
import { type Services, startServices } from '../harness/services.ts'
import { installTinyMachine, tinyGuest } from '../harness/tiny-guest.ts'
import { displaySocketOf, openDisplay, statusOf, ticketFor } from '../harness/viewer.ts'

let services: Services
let session: string
let other: string
beforeAll(async () => {
  const guest = await tinyGuest()
  services = await startServices({}, settings => installTinyMachine(settings, guest), { runner: true })
  await machineReady(services, 'tiny')
  ;[session, other] = (await Promise.all([start(), start()])) as [string, string]
})
afterAll(() => services.stop())

async function start(): Promise<string> {
  const heard = hear(services.bus.nc, 'darts.evt.admin.*.*')
  const answer = await services.api('/api/sessions', { method: 'POST', body: '{"machine":"tiny"}' })
  const { id } = (await answer.json()) as SessionView
  await heard.until(`${id}.ready`)
  return id
}

test('a ticket opens the display of its session: RFB comes through untouched', async () => {
  const { rfb, socket } = await openDisplay(services, session)
  await rfb.update(false)
  expect([rfb.width, rfb.height]).not.toContain(0)
  expect(rfb.frame.some(byte => byte !== 0)).toBe(true)
  expect(socket.protocol).toBe('binary')
  expect(socket.extensions).toBe('')
  rfb.close()
})

test('several viewers see the same display, and none is kicked out by another', async () => {
  const viewers = await Promise.all([
    openDisplay(services, session),
    openDisplay(services, session),
    openDisplay(services, session),
  ])
  await Promise.all(viewers.map(({ rfb }) => rfb.update(false)))
  for (const { rfb } of viewers) rfb.close()
})

test('a ticket opens one display once', async () => {
  const ticket = await ticketFor(services, session)
  const sockets = Array.from({ length: 5 }, () => displaySocketOf(services, session, ticket))
  expect((await Promise.all(sockets.map(statusOf))).sort()).toEqual([101, 401, 401, 401, 401])
  for (const socket of sockets) socket.terminate()
})

test('a ticket does not open the display of another session', async () => {
  expect(await statusOf(displaySocketOf(services, other, await ticketFor(services, session)))).toBe(401)
})

test('a ticket whose time is over, one that was never issued, or none opens nothing', async () => {
  const kv = await services.bus.bucket('tickets')
  const old = 'o'.repeat(32)
  await kv.put(
    hashOf(old),
    JSON.stringify({ session, principal: 'admin', expiresAt: new Date(Date.now() - 1).toISOString() }),
  )
  expect(await statusOf(displaySocketOf(services, session, old))).toBe(401)
  expect(await statusOf(displaySocketOf(services, session, 'n'.repeat(32)))).toBe(401)
  expect(await statusOf(displaySocketOf(services, session, ''.padEnd(3, 'x')))).toBe(401)
})

test.each(['https://evil.example', 'null', 'http://127.0.0.1:1'])(
  'a page of %s opens no display',
  async origin => {
    const ticket = await ticketFor(services, session)
    expect(await statusOf(displaySocketOf(services, session, ticket, origin))).toBe(403)
  },
)

test('a viewer that sends text, or a frame above 1 MiB, is closed; the desktop stays', async () => {
  for (const [message, code] of [
    ['text', CLOSE.notBinary],
    [Buffer.alloc(2 ** 20 + 1), 1009],
  ] as const) {
    const socket = displaySocketOf(services, session, await ticketFor(services, session))
    await once(socket, 'open')
    socket.send(message)
    expect((await once(socket, 'close'))[0]).toBe(code)
  }
  const { rfb } = await openDisplay(services, session)
  rfb.close()
})

test('when the session is stopped its viewers are told so, and its display is gone', async () => {
  const socket = displaySocketOf(services, session, await ticketFor(services, session))
  await Rfb.open(createWebSocketStream(socket))
  const closed = once(socket, 'close')
  expect((await services.api(`/api/sessions/${session}`, { method: 'DELETE' })).status).toBe(202)
  expect((await closed)[0]).toBe(CLOSE.over)
  expect((await services.api(`/api/sessions/${session}/tickets`, { method: 'POST' })).status).toBe(410)
})
