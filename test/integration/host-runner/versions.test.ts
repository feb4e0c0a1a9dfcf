import { afterAll, beforeAll, expect, test } from 'vitest'
import { publish } from '../../../config/bus/publish.ts'
import { envelope } from '../../../config/contract/envelope.ts'
import { subjects } from '../../../config/contract/subjects.ts'
import { hear } from '../../harness/heard.ts'
import { TestHost } from '../../harness/tiny-guest-runner.ts'

let host: TestHost

beforeAll(async () => {
  host = await TestHost.running()
})
afterAll(() => host.end())

test('a desktop whose record is of a later version is no orphan: a runner that starts leaves it running', async () => {
  const id = await host.createSession()
  await host.until(id, 'ready')
  await host.stopRunner('SIGTERM')
  const pid = await host.pidOf(id)
  const sessions = await host.nats.bus.bucket('sessions')
  const text = (await sessions.get(id))?.string() ?? ''
  await sessions.put(id, JSON.stringify({ ...JSON.parse(text), v: 2 }))
  host.startRunner()
  await host.logged(id, 'session left alone')
  await host.logged(undefined, 'running')
  expect(await host.pidOf(id)).toBe(pid)
  await host.stopRunner('SIGTERM')
  await sessions.put(id, text)
  host.startRunner()
  await host.logged(id, 'adopted')
  expect(await host.pidOf(id)).toBe(pid)
})

test('a step of a later version goes to the dead letters, and the next one is taken', async () => {
  const { bus } = host.nats
  const dead = hear(bus.nc, subjects.dead('STEPS', 'laterversion'))
  const step = subjects.step(host.settings.host, 'laterversion', 'boot')
  await publish(bus, step, envelope('darts.step.boot.v2', 'later', {}))
  expect((await dead.until('laterversion')).data).toMatchObject({
    code: 'bad-request',
    reason: expect.stringContaining('darts.step.boot.v2'),
  })
  await host.until(await host.createSession(), 'ready')
})
