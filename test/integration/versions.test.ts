import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFunctions } from '../../config/bus/functions.ts'
import { publish } from '../../config/bus/publish.ts'
import type { SessionView } from '../../config/contract/api.ts'
import { envelope } from '../../config/contract/envelope.ts'
import { subjects, type Verb } from '../../config/contract/subjects.ts'
import { folders } from '../../config/folders.ts'
import { hear } from '../harness/heard.ts'
import { announceHost } from '../harness/host.ts'
import { type Services, startServices } from '../harness/services.ts'

/* Something of a later version is on the bus: a host that was upgraded first, a state folder after a step back. */
let services: Services
beforeAll(async () => {
  services = await startServices({ DARTS_SESSIONS_PER_USER: '100' })
  await announceHost(services.bus, 'testhost', { sessionsMax: 100, memory: 1_000_000 })
})
afterAll(() => services.stop())

const later = (text: string) => JSON.stringify({ ...JSON.parse(text), v: 2 })
const linesOf = (part: string) =>
  readFileSync(join(folders(services.settings).logs, 'functions.log'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(line => line.part === part)

async function create(): Promise<string> {
  const placed = hear(services.bus.nc, 'darts.evt.admin.*.placed')
  const answer = await services.api('/api/sessions', { method: 'POST', body: '{"machine":"plain"}' })
  const { id } = (await answer.json()) as SessionView
  await placed.until(`${id}.placed`)
  return id
}

const command = (id: string, verb: Verb, version: number) =>
  publish(
    services.bus,
    subjects.command('admin', id, verb),
    envelope(`darts.command.${verb}.v${version}`, 'later', verb === 'create' ? { machine: 'plain' } : {}),
  )

test('a session of a later version is left alone: hidden, never written over, and told of in one line', async () => {
  const id = await create()
  const sessions = await services.bus.bucket('sessions')
  const text = (await sessions.get(id))?.string() ?? ''
  const revision = await sessions.put(id, later(text))

  for (let i = 0; i < 2; i++) {
    const list = (await (await services.api('/api/sessions')).json()) as SessionView[]
    expect(list.map(one => one.id)).not.toContain(id)
  }
  expect(
    linesOf('sessions').filter(({ sessionId, msg }) => sessionId === id && msg !== 'asked for'),
  ).toHaveLength(1)
  const answer = await services.api(`/api/sessions/${id}`)
  expect(answer.status).toBe(500)
  expect(await answer.json()).toMatchObject({ code: 'unreadable' })

  for (const verb of ['create', 'stop'] as const) {
    const dead = hear(services.bus.nc, subjects.dead('COMMANDS', id))
    await command(id, verb, 1)
    expect((await dead.until(id)).data).toMatchObject({ code: 'unreadable' })
  }
  expect((await sessions.get(id))?.revision).toBe(revision)
  await create()
})

test('a host of a later version takes no other with it', async () => {
  const hosts = await services.bus.bucket('hosts')
  await hosts.put('laterhost', JSON.stringify({ host: 'laterhost', v: 2, machines: 'in another form' }))
  await create()
  expect((await services.api('/api/machines')).status).toBe(200)
  expect(linesOf('placement').filter(({ msg }) => msg === 'nothing is placed there')).toHaveLength(1)
  await expect
    .poll(() => linesOf('metrics').filter(({ msg }) => msg === 'left out of the metrics'))
    .toHaveLength(1)
  const restarted = (await readFunctions(services.bus)).filter(({ restarts }) => restarts > 0)
  expect(restarted.map(({ name }) => name)).toEqual([])
})

test('a create of a later version ends as failed, with the version that is taken here', async () => {
  const heard = hear(services.bus.nc, 'darts.evt.admin.laterversion1.*')
  await command('laterversion1', 'create', 2)
  expect((await heard.until('failed')).data).toMatchObject({
    code: 'bad-request',
    text: expect.stringContaining('darts.command.create.v1'),
  })
})

test('a stop of a later version goes to the dead letters, and the session stays as it is', async () => {
  const id = await create()
  const dead = hear(services.bus.nc, subjects.dead('COMMANDS', id))
  await command(id, 'stop', 2)
  expect((await dead.until(id)).data).toMatchObject({ code: 'bad-request' })
  expect(await (await services.api(`/api/sessions/${id}`)).json()).toMatchObject({ state: 'placed' })
})

test('a mistake that is as large as a command may be still ends as failed', async () => {
  const heard = hear(services.bus.nc, 'darts.evt.admin.laterversion2.*')
  const data = { machine: 'x'.repeat(60_000) }
  const message = envelope('darts.command.create.v1', 'test', data)
  await publish(services.bus, subjects.command('admin', 'laterversion2', 'create'), message)
  expect((await heard.until('failed')).data).toMatchObject({ code: 'bad-request' })
})
