import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFunctions } from '../../config/bus/functions.ts'
import { folders } from '../../config/folders.ts'
import { hear } from '../harness/heard.ts'
import { announceHost } from '../harness/host.ts'
import { functionsRunning, type Services, startServices } from '../harness/services.ts'

let services: Services
beforeAll(async () => {
  const site = fileURLToPath(new URL('../fixtures/site/functions', import.meta.url))
  services = await startServices({}, settings =>
    cpSync(site, folders(settings).siteFunctions, { recursive: true }),
  )
  await announceHost(services.bus, 'testhost')
  await functionsRunning(services.bus, ['fragile', 'greedy', 'announce'])
})
afterAll(() => services.stop())

const view = async (name: string) => (await readFunctions(services.bus)).find(one => one.name === name)
const restartsWithout = async (name: string) =>
  (await readFunctions(services.bus))
    .filter(one => one.name !== name && one.name !== 'stuck')
    .map(one => [one.name, one.restarts])
const restartsOf = async (name: string) => (await view(name))?.restarts ?? 0

test("a site's own function is found and reacts to a session's event", async () => {
  const heard = hear(services.bus.nc, 'darts.evt._site.*.announced')
  const created = await services.api('/api/sessions', { method: 'POST', body: '{"machine":"plain"}' })
  const { id } = (await created.json()) as { id: string }
  expect(await heard.until('announced')).toMatchObject({ subject: id, data: { host: 'testhost' } })
  await expect.poll(() => view('announce')).toMatchObject({ calls: 1, failures: 0 })
})

test('a function that throws answers 500 without its stack, and is counted', async () => {
  const answer = await services.api('/api/fragile/throw')
  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toMatch(/at .*\.ts/)
  await expect.poll(async () => (await view('fragile'))?.failures).toBeGreaterThan(0)
})

test('a call above its time limit is given up with 504', async () => {
  const answer = await services.api('/api/fragile/hang')
  expect(answer.status).toBe(504)
  expect(await answer.json()).toMatchObject({ code: 'timed-out' })
})

test.each([
  ['crash', 'fragile', '/api/fragile/crash', /a function that crashes/],
  ['reject', 'fragile', '/api/fragile/reject', /a promise that nobody catches/],
  ['exit', 'fragile', '/api/fragile/exit', /ended with 3/],
  ['block', 'fragile', '/api/fragile/block', /blocked/],
  ['fill its memory', 'greedy', '/api/greedy', /memory/],
])(
  'a function that does %s takes no other with it, and is started again',
  async (_, name, route, failure) => {
    const before = await restartsOf(name)
    const others = await restartsWithout(name)
    const answered = services.api(route)
    expect((await services.api('/api/me')).status).toBe(200)
    const answer = await answered
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).not.toBeNull()
    expect((await services.api('/api/me')).status).toBe(200)
    await expect
      .poll(() => view(name), { timeout: 20_000 })
      .toMatchObject({ state: 'running', restarts: before + 1, lastFailure: expect.stringMatching(failure) })
    expect(await restartsWithout(name)).toEqual(others)
    expect(services.processes.functions.exitCode).toBeNull()
  },
)

test('calls above the concurrency are refused with 503, not queued without bound', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => services.api('/api/fragile/hang')))
  expect(answers.map(({ status }) => status).sort()).toEqual([503, 503, 503, 504, 504])
})

test('a function that never gets to run is given up and tried again, and keeps no other from running', async () => {
  await expect
    .poll(() => view('stuck'), { timeout: 60_000 })
    .toMatchObject({ lastFailure: expect.stringMatching(/did not run/), restarts: expect.any(Number) })
  expect((await services.api('/api/me')).status).toBe(200)
})

test('a function that cannot be ended ends the process with it, so that all are started again', async () => {
  const began = Date.now()
  const ended = once(services.processes.functions, 'exit')
  expect((await services.api('/api/fragile/stubborn')).status).toBe(503)
  expect(await ended).toEqual([null, 'SIGKILL'])
  expect(Date.now() - began).toBeLessThan(40_000)
})
