import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { SessionView } from '../../config/contract/api.ts'
import { folders } from '../../config/folders.ts'
import { machineReady } from '../harness/api.ts'
import { hear } from '../harness/heard.ts'
import { brokenWhenSettled } from '../harness/invariants.ts'
import { type Services, startServices } from '../harness/services.ts'
import { installTinyMachine, tinyGuest } from '../harness/tiny-guest.ts'
import { displaySocketOf, openDisplay, ticketFor } from '../harness/viewer.ts'

let services: Services
let session: string
beforeAll(async () => {
  const guest = await tinyGuest()
  services = await startServices({}, settings => installTinyMachine(settings, guest), { runner: true })
  await machineReady(services, 'tiny')
  const heard = hear(services.bus.nc, 'darts.evt.admin.*.*')
  const answer = await services.api('/api/sessions', { method: 'POST', body: '{"machine":"tiny"}' })
  session = ((await answer.json()) as SessionView).id
  await heard.until(`${session}.ready`)
})
afterAll(() => services.stop())

const place = () => ({ settings: services.settings, nc: services.bus.nc })
const settled = () => brokenWhenSettled(place(), { acknowledged: [session] })
/** What the gateway holds open: a viewer is two of them. */
const openFiles = async () => (await readdir(`/proc/${services.processes.gateway.pid}/fd`)).length

/** Of the host-runner's log, how long after its first look at the session it was monitored again, in milliseconds. */
async function adoptedAfter(): Promise<number> {
  const text = await readFile(join(folders(services.settings).logs, 'host-runner.log'), 'utf8')
  const lines = text
    .split('\n')
    .flatMap(line => (line ? [JSON.parse(line) as { msg: string; time: number | string }] : []))
  const last = (msg: string) => lines.findLast(line => line.msg === msg)?.time ?? Number.NaN
  return new Date(last('adopted')).getTime() - new Date(last('reconciling')).getTime()
}

test('a deploy: the runner goes and comes back, adopts the desktop within a second, and no viewer notices', async () => {
  const { rfb, socket } = await openDisplay(services, session)
  await services.kill('runner', 'SIGTERM')
  await rfb.update(false)
  await services.restart('runner')
  await expect.poll(adoptedAfter, { timeout: 20_000 }).toBeLessThan(1000)
  await rfb.update(false)
  expect(socket.readyState).toBe(WebSocket.OPEN)
  rfb.close()
  expect(await settled()).toEqual([])
})

test('a killed gateway touches no desktop, and the next one opens its display again', async () => {
  const { socket } = await openDisplay(services, session)
  const closed = once(socket, 'close')
  await services.kill('gateway', 'SIGKILL')
  await closed
  await services.restart('gateway')
  const { rfb } = await openDisplay(services, session)
  await rfb.update(false)
  rfb.close()
  expect(await settled()).toEqual([])
})

/** A viewer that is connected and then never heard again. */
async function halfOpen(): Promise<WebSocket> {
  const socket = displaySocketOf(services, session, await ticketFor(services, session))
  await once(socket, 'open')
  socket.pause()
  return socket
}

test('500 half-open websockets: the API answers meanwhile, all are freed within 30 seconds, and a viewer comes in', async () => {
  const before = await openFiles()
  // The API itself refuses more than its 256 calls at once.
  for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 50 }, halfOpen))
  expect(await openFiles()).toBeGreaterThan(before + 500)
  expect((await services.api(`/api/sessions/${session}`)).status).toBe(200)
  await expect.poll(openFiles, { timeout: 30_000, interval: 200 }).toBeLessThanOrEqual(before + 5)
  const { rfb } = await openDisplay(services, session)
  await rfb.update(false)
  rfb.close()
  expect(await settled()).toEqual([])
})
