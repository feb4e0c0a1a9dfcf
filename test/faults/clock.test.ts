import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SessionView } from '../../config/contract/api.ts'
import { machineReady } from '../harness/api.ts'
import { hear } from '../harness/heard.ts'
import { brokenWhenSettled } from '../harness/invariants.ts'
import { type Services, startServices } from '../harness/services.ts'
import { installTinyMachine, tinyGuest } from '../harness/tiny-guest.ts'

/*
 * The functions and the runner are given a clock that the test sets; the machine's own, NATS and the desktops keep
 * theirs.
 */
let services: Services
let clock: string
let heard: ReturnType<typeof hear>
const acknowledged: string[] = []
beforeAll(async () => {
  const guest = await tinyGuest()
  services = await startServices({}, settings => installTinyMachine(settings, guest), { runner: true })
  clock = join(services.settings.state, 'clock')
  setClock('+0')
  const files = execFileSync('dpkg', ['-L', 'libfaketime'], { encoding: 'utf8' }).split('\n')
  const env = {
    LD_PRELOAD: files.find(file => file.endsWith('/libfaketimeMT.so.1')) ?? '',
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  }
  for (const name of ['functions', 'runner'] as const) {
    await services.kill(name, 'SIGTERM')
    await services.restart(name, env)
  }
  await machineReady(services, 'tiny')
  heard = hear(services.bus.nc, 'darts.evt.admin.*.*')
})
afterAll(() => services.stop())

const setClock = (offset: string) => writeFileSync(clock, `${offset}\n`)

/** Refused for as long as the host's word seems old: until it tells its next one. */
async function create(): Promise<string> {
  for (;;) {
    const answer = await services.api('/api/sessions', { method: 'POST', body: '{"machine":"tiny"}' })
    const { id } = (await answer.json()) as SessionView
    acknowledged.push(id)
    const ended = await Promise.race([
      heard.until(`${id}.ready`).then(() => undefined),
      heard.until(`${id}.failed`),
    ])
    if (!ended) return id
    expect(ended.data).toMatchObject({ code: 'no-host' })
    await sleep(500)
  }
}

test('a clock that is set forward ends what is over by it, and new desktops start when the host has told anew', async () => {
  const before = await create()
  setClock('+30h')
  const session = await create()
  expect((await heard.until(`${before}.ended`)).data).toMatchObject({ reason: 'expired' })
  expect((await services.api(`/api/sessions/${session}`)).ok).toBe(true)
})

test('a clock that is set back ends nothing before its time, and new desktops start', async () => {
  const before = await create()
  setClock('+0')
  const after = await create()
  for (const id of [before, after]) {
    const view = (await (await services.api(`/api/sessions/${id}`)).json()) as SessionView
    expect(view.state).toBe('ready')
  }
  expect(heard.all.filter(({ subject }) => subject.endsWith(`${before}.troubled`))).toEqual([])
  expect(
    await brokenWhenSettled({ settings: services.settings, nc: services.bus.nc }, { acknowledged }),
  ).toEqual([])
})
