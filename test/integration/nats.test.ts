import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureCredential } from '../../bin/supervisor/credentials.ts'
import { principalsFolder } from '../../bin/supervisor/nats-users.ts'
import { sessionStore } from '../../config/bus/session-store.ts'
import { subjects } from '../../config/contract/subjects.ts'
import { hear } from '../harness/heard.ts'
import { announceHost } from '../harness/host.ts'
import { type Services, startServices } from '../harness/services.ts'

/* A program that knows NATS and nothing of this code. */
let services: Services
let nc: NatsConnection
beforeAll(async () => {
  services = await startServices({ DARTS_SESSIONS_PER_USER: '100' }, settings =>
    ensureCredential(principalsFolder(settings), 'beamline'),
  )
  const seed = readFileSync(join(principalsFolder(services.settings), 'beamline.nk'), 'utf8').trim()
  const server = readFileSync(join(services.settings.run, 'nats.url'), 'utf8').trim()
  nc = await connect({
    servers: server,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
    inboxPrefix: '_INBOX_beamline',
  })
  await announceHost(services.bus, 'testhost')
})
afterAll(async () => {
  await nc.close()
  await services.stop()
})

const REQUEST = { machine: 'plain', cpus: 1, memory: 1024, lifetime: 60, createdAt: new Date().toISOString() }

const command = (verb: string, data: object) =>
  JSON.stringify({
    specversion: '1.0',
    id: crypto.randomUUID(),
    source: 'beamline',
    type: `darts.command.${verb}.v1`,
    data,
  })

test('a plain NATS client creates a session, hears what happens to it, and stops it', async () => {
  const id = 'beamline0001'
  const heard = hear(nc, `darts.evt.beamline.${id}.*`)
  await nc.flush()
  const message = command('create', { machine: 'plain' })
  nc.publish(`darts.cmd.beamline.${id}.create`, message)
  const placed = await heard.until('placed')
  expect(placed).toMatchObject({ type: 'darts.session.placed.v1', subject: id, data: { host: 'testhost' } })
  expect(placed.correlationid).toBe(JSON.parse(message).id)
  nc.publish(`darts.cmd.beamline.${id}.stop`, command('stop', {}))
  expect((await heard.until('ending')).data).toMatchObject({
    outcome: { result: 'ended', reason: 'stopped' },
  })
})

test('a program may send a trace of its own; who sends none gets one', async () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  const heard = hear(nc, 'darts.evt.beamline.*.*')
  await nc.flush()
  const own = { ...JSON.parse(command('create', { machine: 'no-such-machine' })), traceparent }
  nc.publish('darts.cmd.beamline.beamline0060.create', JSON.stringify(own))
  expect((await heard.until('beamline0060.failed')).traceparent).toBe(traceparent)
  nc.publish('darts.cmd.beamline.beamline0061.create', command('create', { machine: 'no-such-machine' }))
  expect((await heard.until('beamline0061.failed')).traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
})

test('the same create twice is one session', async () => {
  const id = 'beamline0002'
  const heard = hear(nc, `darts.evt.beamline.${id}.*`)
  for (let i = 0; i < 2; i++)
    nc.publish(`darts.cmd.beamline.${id}.create`, command('create', { machine: 'plain' }))
  await heard.until('placed')
  nc.publish(`darts.cmd.beamline.${id}.stop`, command('stop', {}))
  await heard.until('ending')
  expect(heard.all.map(({ subject }) => subject.split('.').at(-1))).toEqual(['requested', 'placed', 'ending'])
})

test('a stop that comes before its create: nothing starts', async () => {
  const id = 'beamline0003'
  const heard = hear(nc, `darts.evt.beamline.${id}.*`)
  nc.publish(`darts.cmd.beamline.${id}.stop`, command('stop', {}))
  await heard.until('ended')
  const dead = hear(services.bus.nc, 'darts.dead.>')
  nc.publish(`darts.cmd.beamline.${id}.create`, command('create', { machine: 'plain' }))
  nc.publish('darts.cmd.beamline.beamline0004.create', 'behind it in the queue')
  await dead.until('beamline0004')
  expect(heard.all).toHaveLength(1)
})

test('what a request over HTTP is refused for, a request on NATS fails for, with the same code', async () => {
  const heard = hear(nc, 'darts.evt.beamline.beamline0005.*')
  nc.publish('darts.cmd.beamline.beamline0005.create', command('create', { machine: 'no-such-machine' }))
  expect((await heard.until('failed')).data).toMatchObject({ code: 'machine-unknown' })
})

test.each([
  [command('destroy', {}), 'beamline0030'],
  [command('create', { machine: '../../etc/passwd' }), 'beamline0031'],
  [command('create', { machine: 'plain', cpus: 'NaN' }), 'beamline0032'],
])('a create with a mistake in it ends as failed, and says which: %s', async (message, id) => {
  const heard = hear(nc, `darts.evt.beamline.${id}.*`)
  nc.publish(`darts.cmd.beamline.${id}.create`, message)
  expect((await heard.until('failed')).data).toMatchObject({
    code: 'bad-request',
    text: expect.stringContaining('('),
  })
})

test('the answer of the server to a message goes to whoever sent it, and is never written anywhere else', async () => {
  const bucket = await services.bus.bucket('sessions')
  for (const reply of [
    '$KV.sessions.beamline0040',
    'darts.evt.admin.beamline0040.ended',
    'darts.cmd.admin.beamline0040.stop',
  ])
    nc.publish('darts.cmd.beamline.beamline0041.stop', command('stop', {}), { reply })
  const dead = hear(services.bus.nc, 'darts.dead.>')
  nc.publish('darts.cmd.beamline.beamline0042.create', 'behind them')
  await dead.until('beamline0042')
  expect(await bucket.get('beamline0040')).toBeNull()
  const stored = await services.bus.jsm.streams
    .getMessage('EVENTS', { last_by_subj: 'darts.evt.admin.beamline0040.ended' })
    .catch(() => null)
  expect(stored).toBeNull()
})

test.each([
  ['not json', 'beamline0010'],
  ['{"specversion":"1.0"}', 'beamline0011'],
])('a message that can never succeed goes to the dead letters with its reason: %s', async (message, id) => {
  const dead = hear(services.bus.nc, `darts.dead.COMMANDS.${id}`)
  nc.publish(`darts.cmd.beamline.${id}.create`, message)
  expect((await dead.until(id)).data).toMatchObject({ code: 'bad-request', original: message })
})

test('a program may neither publish as somebody else nor hear what is not its own', async () => {
  const refusals: string[] = []
  ;(async () => {
    for await (const status of nc.status()) if (status.type === 'error') refusals.push(String(status.error))
  })()
  const heard: string[] = []
  nc.publish('darts.cmd.admin.beamline0020.create', command('create', { machine: 'plain' }))
  nc.publish('darts.run.testhost.beamline0020.boot', '{}')
  nc.publish('$KV.sessions.beamline0020', '{}')
  nc.subscribe('darts.evt.admin.>', { callback: error => void heard.push(error ? 'refused' : 'heard') })
  nc.subscribe('darts.evt.>', { callback: error => void heard.push(error ? 'refused' : 'heard') })
  await nc.flush()
  await expect.poll(() => refusals.length + heard.length).toBeGreaterThanOrEqual(5)
  expect(heard).not.toContain('heard')
  expect(await sessionStore(services.bus, 'test').get('beamline0020')).toBeUndefined()
})

test("nobody stops another principal's session", async () => {
  await announceHost(services.bus, 'testhost', { sessionsMax: 100, memory: 1_000_000 })
  const token = await services.userToken('dora')
  const created = await services.api('/api/sessions', {
    method: 'POST',
    body: '{"machine":"plain"}',
    token,
  })
  const { id } = (await created.json()) as { id: string }
  const store = sessionStore(services.bus, 'test')
  await expect.poll(async () => (await store.get(id))?.state.state).toBe('placed')
  const dead = hear(services.bus.nc, `darts.dead.COMMANDS.${id}`)
  nc.publish(`darts.cmd.beamline.${id}.stop`, command('stop', {}))
  expect((await dead.until(id)).data).toMatchObject({ code: 'not-allowed' })
})

test("a wrong create for somebody else's session, or for one's own, does not touch it", async () => {
  await announceHost(services.bus, 'testhost', { sessionsMax: 100, memory: 1_000_000 })
  const store = sessionStore(services.bus, 'test')
  const heard = hear(services.bus.nc, 'darts.evt.*.beamline0050.*')
  const order = {
    order: 'create',
    request: { ...REQUEST, expiresAt: new Date(Date.now() + 60_000).toISOString() },
  } as const
  await store.change('beamline0050', order, { owner: 'dora', correlationid: 'x' })
  await store.change('beamline0050', { order: 'place', host: 'testhost', start: 'cold' })
  const dead = hear(services.bus.nc, 'darts.dead.COMMANDS.beamline0050')
  nc.publish('darts.cmd.beamline.beamline0050.create', command('create', { machine: 'no-such-machine' }))
  expect((await dead.until('beamline0050')).data).toMatchObject({ code: 'not-allowed' })
  expect((await store.get('beamline0050'))?.state.state).toBe('placed')
  const facts = heard.all.filter(({ subject }) => subject !== subjects.buried('beamline0050'))
  expect(facts.map(({ subject }) => subject.split('.').at(-1))).toEqual(['requested', 'placed'])
})

test("a stranger's stop that comes first does not keep a session from starting", async () => {
  await announceHost(services.bus, 'testhost', { sessionsMax: 100, memory: 1_000_000 })
  const first = hear(services.bus.nc, 'darts.evt.stranger.beamline0051.*')
  const store = sessionStore(services.bus, 'test')
  await store.change(
    'beamline0051',
    { order: 'end', reason: 'stopped' },
    { owner: 'stranger', correlationid: 'x' },
  )
  await first.until('ended')
  const heard = hear(nc, 'darts.evt.beamline.beamline0051.*')
  nc.publish('darts.cmd.beamline.beamline0051.create', command('create', { machine: 'plain' }))
  expect((await heard.until('placed')).data).toMatchObject({ host: 'testhost' })
})

test('without credentials NATS lets nobody in', async () => {
  const server = readFileSync(join(services.settings.run, 'nats.url'), 'utf8').trim()
  await expect(connect({ servers: server, reconnect: false })).rejects.toThrow(/auth/i)
})
