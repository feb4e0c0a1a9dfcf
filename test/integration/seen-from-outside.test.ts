import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { natsFiles } from '../../bin/supervisor/nats-server.ts'
import { readHosts } from '../../config/bus/hosts.ts'
import type { SessionView } from '../../config/contract/api.ts'
import { folders } from '../../config/folders.ts'
import { machineReady } from '../harness/api.ts'
import { hear } from '../harness/heard.ts'
import { type Services, startServices } from '../harness/services.ts'
import { installTinyMachine, tinyGuest } from '../harness/tiny-guest.ts'
import { openDisplay } from '../harness/viewer.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`

let services: Services
beforeAll(async () => {
  const guest = await tinyGuest()
  services = await startServices({}, settings => installTinyMachine(settings, guest), { runner: true })
  await machineReady(services, 'tiny')
})
afterAll(() => services.stop())

const { stringify } = JSON
const post = (headers = {}) =>
  services.api('/api/sessions', { method: 'POST', body: stringify({ machine: 'tiny' }), headers })

/** The lines of a process's log that tell of a session. */
const logged = (part: string, sessionId: string) =>
  readFileSync(join(folders(services.settings).logs, `${part}.log`), 'utf8')
    .split('\n')
    .filter(line => line.includes(`"sessionId":"${sessionId}"`))
    .map(line => JSON.parse(line) as { msg: string; traceId?: string })

/** The figures, by name and labels as they are written. */
async function scrape(headers: Record<string, string> = {}): Promise<Record<string, number>> {
  const answer = await fetch(`${services.url}/metrics`, { headers })
  expect(answer.headers.get('content-type')).toContain('version=0.0.4')
  const lines = (await answer.text()).split('\n').filter(line => line && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map(line => line.split(/ (?=\S+$)/)).map(([name, value]) => [name, Number(value)]),
  )
}

let session: string

test('one request: its trace id is in its command, every step, every fact, and every log line up to ready', async () => {
  const heard = hear(services.bus.nc, 'darts.*.*.*.*')
  const answer = await post({ traceparent: TRACEPARENT })
  expect(answer.headers.get('traceparent')).toBe(TRACEPARENT)
  session = ((await answer.json()) as SessionView).id
  await heard.until(`${session}.ready`)
  const told = heard.all.filter(({ subject }) => subject.split('.')[3] === session)
  const whats = told.map(({ subject }) => subject.split('.').at(-1))
  expect(whats).toEqual(
    expect.arrayContaining([
      'create',
      'requested',
      'placed',
      'create-overlay',
      'overlaid',
      'boot',
      'booted',
      'ready',
    ]),
  )
  for (const { subject, envelope } of told)
    expect([subject, envelope.traceparent]).toEqual([subject, TRACEPARENT])
  for (const [part, msg] of [
    ['functions', 'asked for'],
    ['functions', 'decided'],
    ['host-runner', 'done'],
    ['host-runner', 'monitored'],
  ] as const) {
    const lines = logged(part, session)
    expect(lines.map(line => line.msg)).toContain(msg)
    for (const line of lines) expect([line.msg, line.traceId]).toEqual([line.msg, TRACE])
  }
})

test('a request without a trace, or with a wrong one, begins one', async () => {
  for (const headers of [{}, { traceparent: '00-nonsense' }]) {
    const given = (await services.api('/api/me', { headers })).headers.get('traceparent')
    expect(given).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  }
})

test('the metrics tell of sessions, starts, viewers, functions, queues and hosts', async () => {
  const { rfb } = await openDisplay(services, session)
  await expect.poll(scrape, { timeout: 5000 }).toMatchObject({
    'darts_sessions{state="ready"}': 1,
    'darts_sessions{state="failed"}': 0,
    darts_viewers: 1,
    'darts_session_start_seconds_count{start="cold"}': 1,
    'darts_session_step_seconds_count{step="boot"}': 1,
    'darts_function_running{function="placement"}': 1,
    'darts_function_restarts_total{function="placement"}': 0,
    'darts_host_up{host="testhost"}': 1,
    'darts_host_templates{host="testhost",state="ready"}': 0,
    'darts_queue_messages{stream="COMMANDS"}': 0,
    darts_dead_letters: 0,
    darts_nats_up: 1,
  })
  rfb.close()
  await expect.poll(scrape).toMatchObject({ darts_viewers: 0 })
  await services.api(`/api/sessions/${session}`, { method: 'DELETE' })
  await expect.poll(scrape, { timeout: 20_000 }).toMatchObject({
    'darts_session_ends_total{result="ended",code="stopped"}': 1,
  })
})

test('who is not on the server itself needs the token of an administrator for the metrics', async () => {
  const status = async (headers: Record<string, string>) =>
    (await fetch(`${services.url}/metrics`, { headers })).status
  const proxied = { 'x-forwarded-for': '192.0.2.1' }
  const alice = await services.userToken('alice')
  expect(await status({ ...proxied, 'darts-local': 'yes', 'darts-role': 'admin' })).toBe(403)
  expect(await status({ ...proxied, authorization: `Bearer ${alice}` })).toBe(403)
  expect(await status({ ...proxied, authorization: `Bearer ${services.token}` })).toBe(200)
  expect(await status({})).toBe(200)
})

test('a host tells every 10 seconds that it lives, also when nothing changes', async () => {
  const view = async () => (await readHosts(services.bus))[0]
  const next = async (before: string | undefined) => {
    await expect.poll(async () => (await view())?.seenAt, { timeout: 15_000 }).not.toBe(before)
    return view()
  }
  const first = await next((await view())?.seenAt)
  const second = await next(first?.seenAt)
  expect({ ...second, seenAt: '' }).toEqual({ ...first, seenAt: '' })
  const apart = Date.parse(second?.seenAt ?? '') - Date.parse(first?.seenAt ?? '')
  expect(apart).toBeGreaterThan(5000)
  expect(apart).toBeLessThan(15_000)
})

const health = async () => (await fetch(`${services.url}/healthz`)).status
async function ready() {
  const answer = await fetch(`${services.url}/readyz`)
  const { ready, checks } = (await answer.json()) as { ready: boolean; checks: object }
  expect(answer.status).toBe(ready ? 200 : 503)
  return checks
}
const soon = { timeout: 15_000 }

test('a service that can start a desktop is ready, and says so to anybody', async () => {
  expect(await health()).toBe(200)
  await expect.poll(ready, soon).toEqual({ nats: { ok: true }, functions: { ok: true }, hosts: { ok: true } })
})

test('it is not ready when its hosts are silent', async () => {
  services.processes.runner?.kill('SIGKILL')
  const view = (await readHosts(services.bus))[0]
  const seenAt = new Date(Date.now() - 31_000).toISOString()
  await (await services.bus.bucket('hosts')).put('testhost', stringify({ ...view, seenAt }))
  await expect
    .poll(ready, soon)
    .toMatchObject({ nats: { ok: true }, hosts: { ok: false, why: expect.any(String) } })
  expect(await health()).toBe(200)
})

test('it is not ready when NATS hangs, and is again when it goes on', async () => {
  const nats = Number(readFileSync(natsFiles(services.settings).pid, 'utf8'))
  process.kill(nats, 'SIGSTOP')
  await expect
    .poll(ready, soon)
    .toMatchObject({ nats: { ok: false, why: expect.any(String) }, functions: { ok: true } })
  expect(await health()).toBe(200)
  process.kill(nats, 'SIGCONT')
  await expect.poll(ready, soon).toMatchObject({ nats: { ok: true } })
})

test('it is not ready when its functions hang or are gone, and says which', async () => {
  const why = { ok: false, why: expect.stringContaining('placement') }
  services.processes.functions.kill('SIGSTOP')
  await expect.poll(ready, soon).toMatchObject({ functions: why })
  services.processes.functions.kill('SIGCONT')
  await expect.poll(ready, soon).toMatchObject({ functions: { ok: true } })
  services.processes.functions.kill('SIGKILL')
  await expect.poll(ready, soon).toMatchObject({ functions: why })
  expect(await health()).toBe(200)
})
