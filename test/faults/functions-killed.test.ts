import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { SessionView } from '../../config/contract/api.ts'
import { machineReady } from '../harness/api.ts'
import { brokenWhenSettled } from '../harness/invariants.ts'
import { type Line, openLine } from '../harness/line.ts'
import { functionsRunning, type Services, startServices } from '../harness/services.ts'
import { installTinyMachine, tinyGuest } from '../harness/tiny-guest.ts'

/* The API is killed in the moments of a create; whoever asked repeats it with the same key. */
let services: Services
let line: Line
beforeAll(async () => {
  const guest = await tinyGuest()
  services = await startServices(
    { DARTS_SESSIONS_MAX: '3', DARTS_SESSIONS_PER_USER: '10' },
    settings => installTinyMachine(settings, guest, { ready: [] }),
    { runner: true },
  )
  line = await openLine(services.nats.url)
  await machineReady(services, 'tiny')
})
beforeEach(async () => {
  await services.kill('functions', 'SIGKILL')
  line.mend()
  await services.restart('functions', { DARTS_NATS_URL: line.url })
})
afterAll(async () => {
  await services.stop()
  line.close()
})

const create = (key: string) =>
  services.api('/api/sessions', {
    method: 'POST',
    body: '{"machine":"tiny"}',
    headers: { 'idempotency-key': key },
  })
const idOf = async (answer: Response) => ((await answer.json()) as SessionView).id
const place = () => ({ settings: services.settings, nc: services.bus.nc })

async function killed(): Promise<void> {
  await services.kill('functions', 'SIGKILL')
  line.cut()
}

async function back(): Promise<void> {
  line.mend()
  await services.restart('functions', { DARTS_NATS_URL: line.url })
}

const becomes = (id: string, state: string) =>
  expect
    .poll(async () => ((await (await services.api(`/api/sessions/${id}`)).json()) as SessionView).state, {
      timeout: 60_000,
    })
    .toBe(state)

/** Ended afterwards, so that the next test finds its place free. */
async function isReady(id: string): Promise<void> {
  await becomes(id, 'ready')
  expect(await brokenWhenSettled(place(), { acknowledged: [id], redelivery: true })).toEqual([])
  await services.api(`/api/sessions/${id}`, { method: 'DELETE' })
  await becomes(id, 'ended')
}

test('killed before its publish has left: the client hears 503, repeats, and has one session', async () => {
  const looked = line.nothingAfter(sent => sent.includes('KV_sessions'))
  const first = create('before')
  await looked
  await killed()
  expect((await first).status).toBe(503)
  await back()
  const again = await create('before')
  expect(again.status).toBe(202)
  await isReady(await idOf(again))
})

test('killed when its publish is stored and not acknowledged: the client repeats, and has one session', async () => {
  const stored = line.nothingAfter(sent => sent.includes('PUB darts.cmd.'))
  const first = create('stored')
  await stored
  await killed()
  expect((await first).status).toBe(503)
  await back()
  const [again, third] = await Promise.all([create('stored'), create('stored')])
  expect([again.status, third.status]).toEqual([202, 202])
  const id = await idOf(again)
  expect(await idOf(third)).toBe(id)
  await isReady(id)
})

test('killed when the create is acknowledged: the session starts all the same', async () => {
  const answer = await create('after')
  await killed()
  expect(answer.status).toBe(202)
  await back()
  await isReady(await idOf(answer))
})

test('placement killed when a session is stored as placed, before its step is sent: it starts all the same', async () => {
  const stored = line.nothingAfter(sent => sent.includes('"state":{"state":"placed"'))
  const answer = await create('placement')
  await stored
  await killed()
  await back()
  await isReady(await idOf(answer))
}, 180_000)

test('200 requests at once are each answered with 202, or refused with Retry-After, and each 202 has one end', async () => {
  await functionsRunning(services.bus, ['placement', 'sessions'])
  const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => create(`crowd-${i}`)))
  const refused = answers.filter(({ status }) => status !== 202)
  for (const { status, headers } of refused) {
    expect([429, 503]).toContain(status)
    expect(headers.get('retry-after')).toMatch(/^[0-9]+$/)
  }
  const acknowledged = await Promise.all(answers.filter(({ status }) => status === 202).map(idOf))
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
  expect(acknowledged.length).toBeGreaterThan(0)
  const waiting = async () => (await services.bus.jsm.streams.info('COMMANDS')).state.messages
  await expect.poll(waiting, { timeout: 90_000 }).toBe(0)
  expect(await brokenWhenSettled(place(), { acknowledged }, 60_000)).toEqual([])
}, 180_000)
