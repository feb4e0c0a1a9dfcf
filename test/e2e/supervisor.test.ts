import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressFile } from '../../config/bus/address.ts'
import type { SessionView } from '../../config/contract/api.ts'
import type { Settings } from '../../config/settings.ts'
import { uuidOf } from '../../host-runner/identity.ts'
import { findByUuid } from '../../host-runner/processes.ts'
import { machineReady } from '../harness/api.ts'
import { type Darts, startDarts } from '../harness/darts.ts'
import { until } from '../harness/session-events.ts'
import { freshSettings } from '../harness/settings.ts'
import { installTinyAndStarter } from '../harness/tiny-guest.ts'
import { openDisplay } from '../harness/viewer.ts'

/* One desktop through everything that can happen to the supervisor. */
let settings: Settings
let remove: () => Promise<void>
let darts: Darts
let session: string
let pid: number | undefined
beforeAll(async () => {
  const fresh = await freshSettings()
  settings = fresh.settings
  remove = fresh.remove
  await installTinyAndStarter(settings)
  darts = await startDarts({ DARTS_WARM: 'off' }, settings)
  await machineReady(darts, 'tiny')
})
afterAll(async () => {
  await darts.stop('SIGINT')
  await remove()
})

const stateOf = async () =>
  ((await (await darts.api(`/api/sessions/${session}`)).json()) as SessionView).state
const qemu = async () => (await findByUuid(uuidOf(session)))?.pid

test('a session starts and its display is seen', async () => {
  const created = await darts.api('/api/sessions', { method: 'POST', body: '{"machine":"tiny"}' })
  session = ((await created.json()) as SessionView).id
  await until(darts, session, 'ready')
  const { rfb } = await openDisplay(darts, session)
  await rfb.update(false)
  rfb.close()
  pid = await qemu()
  expect(pid).toBeGreaterThan(0)
})

test('a second supervisor for the same state folder is refused in one sentence', async () => {
  await expect(startDarts({ DARTS_WARM: 'off' }, settings)).rejects.toThrow(/ended with 1/)
})

test('the services run as an unprivileged user without capabilities; only the host-runner and the supervisor are root', async () => {
  const { stdout } = await execa('ps', ['-eo', 'user:20,args'])
  const owners = (part: string) =>
    stdout
      .split('\n')
      .filter(line => line.includes(part) && !line.includes(' ps '))
      .map(line => line.split(' ')[0])
  expect(owners('functions/gateway/main.ts')).toContain('darts')
  expect(owners('functions/runtime/main.ts')).not.toContain('root')
  // In a clone below a closed folder the services see the state folder at a path beside the run folder.
  const configs = [`${settings.state}/nats.conf`, `${settings.run}-state/nats.conf`]
  expect(configs.flatMap(owners)).toEqual(['darts'])
})

test('SIGTERM leaves the desktop running; the next start finds it again', async () => {
  await darts.stop('SIGTERM')
  expect(await qemu()).toBe(pid)
  darts = await startDarts({ DARTS_WARM: 'off' }, settings)
  expect(await stateOf()).toBe('ready')
  expect(await qemu()).toBe(pid)
  await expect.poll(() => openDisplay(darts, session).then(({ rfb }) => rfb.close(), String)).toBeUndefined()
})

test('a killed supervisor takes its services with it, but no desktop; the next start adopts it', async () => {
  const printed = darts.url
  process.kill(darts.supervisor.pid ?? 0, 'SIGKILL')
  await expect
    .poll(
      () =>
        fetch(printed).then(
          () => 'up',
          () => 'down',
        ),
      { timeout: 10_000 },
    )
    .toBe('down')
  expect(await qemu()).toBe(pid)
  darts = await startDarts({ DARTS_WARM: 'off' }, settings)
  expect(await stateOf()).toBe('ready')
  expect(await qemu()).toBe(pid)
})

test('the token of an earlier start is worth nothing', async () => {
  const old = darts.token
  await darts.stop('SIGTERM')
  darts = await startDarts({ DARTS_WARM: 'off' }, settings)
  expect((await darts.api('/api/me', { headers: { authorization: `Bearer ${old}` } })).status).toBe(401)
})

test('the command line lists it, prints its events, and finds nothing wrong', async () => {
  const run = (...args: string[]) => execa('bin/darts', args, { env: darts.env, reject: false })
  expect((await run('sessions', 'list')).stdout).toContain(session)
  const events = (await run('events', '--session', session, '--json')).stdout
    .split('\n')
    .map(line => JSON.parse(line))
  expect(events.map(({ type }) => type)).toContain('darts.session.ready.v1')
  const functions = JSON.parse((await run('functions', '--json')).stdout) as { state: string }[]
  expect(functions.every(({ state }) => state === 'running')).toBe(true)
  const doctor = await run('doctor')
  expect(doctor.stdout).toContain('NATS 2.')
  expect([doctor.exitCode, doctor.stdout.match(/✗.*/g)]).toEqual([0, null])
})

test('the example of the README, a plain NATS client, starts a session, hears that it is ready, and stops it', async () => {
  const { stdout: seed } = await execa('bin/darts', ['credentials', 'add', 'beamline'], { env: darts.env })
  const readme = await readFile('README.md', 'utf8')
  const address = (await readFile(addressFile(settings), 'utf8')).trim()
  const [, example = ''] = /```js\n(.*?)```/s.exec(readme) ?? []
  const input = example
    .replace('127.0.0.1:4222', address)
    .replace("'starter', cpus: 2, memory: 2048", "'tiny'")
  const { stdout } = await execa(process.execPath, ['--input-type=module'], { input, env: { SEED: seed } })
  const types = [...stdout.matchAll(/darts\.session\.(\w+)\.v1/g)].map(([, fact]) => fact)
  expect(types).toEqual([
    'requested',
    'placed',
    'overlaid',
    'customized',
    'booted',
    'ready',
    'ending',
    'ended',
  ])
})

test('Ctrl-C ends the desktop, and nothing of it is left', async () => {
  await darts.stop('SIGINT')
  expect(await qemu()).toBeUndefined()
  darts = await startDarts({ DARTS_WARM: 'off' }, settings)
  expect(await stateOf()).toBe('ended')
})
