import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { folders } from '../../config/folders.ts'
import { brokenWhenSettled } from '../harness/invariants.ts'
import { installTinyMachine, tinyGuest } from '../harness/tiny-guest.ts'
import { TestHost } from '../harness/tiny-guest-runner.ts'

let host: TestHost
beforeAll(async () => {
  host = await TestHost.make()
  await installTinyMachine(host.settings, await tinyGuest(), { ready: [] })
  host.startRunner()
})
afterAll(() => host.end())

const settled = (id: string) =>
  brokenWhenSettled({ settings: host.settings, nc: host.nats.bus.nc }, { acknowledged: [id] })

async function running(): Promise<{ id: string; pid: number }> {
  const id = await host.createSession()
  await host.until(id, 'ready')
  return { id, pid: (await host.pidOf(id)) ?? 0 }
}

test('a killed QEMU is known within 2 seconds, with its reason, and nothing of it is left', async () => {
  const { id, pid } = await running()
  process.kill(pid, 'SIGKILL')
  const killed = performance.now()
  await host.until(id, 'ending', 'failed')
  expect(performance.now() - killed).toBeLessThan(2000)
  expect((await host.until(id, 'failed')).state).toMatchObject({ outcome: { code: 'qemu-died' } })
  expect(await settled(id)).toEqual([])
})

test('a QEMU that is stopped is reported as unresponsive, then killed and cleaned', async () => {
  const { id, pid } = await running()
  process.kill(pid, 'SIGSTOP')
  expect((await host.until(id, 'failed')).state).toMatchObject({ outcome: { result: 'failed' } })
  expect(await settled(id)).toEqual([])
})

test('a stop and a death in the same moment are one end', async () => {
  const { id, pid } = await running()
  const stopped = host.stopSession(id)
  process.kill(pid, 'SIGKILL')
  await stopped
  await host.until(id, 'ended', 'failed')
  expect(await settled(id)).toEqual([])
})

test('two runners of one host: each session has one QEMU and one end', async () => {
  const second = host.runner
  await host.logged(undefined, 'running')
  host.startRunner()
  const ids = await Promise.all([host.createSession(), host.createSession(), host.createSession()])
  await Promise.all(ids.map(id => host.until(id, 'ready')))
  expect(
    await brokenWhenSettled({ settings: host.settings, nc: host.nats.bus.nc }, { acknowledged: ids }),
  ).toEqual([])
  await Promise.all(ids.map(id => host.stopSession(id)))
  await Promise.all(ids.map(id => host.until(id, 'ended')))
  expect(
    await brokenWhenSettled({ settings: host.settings, nc: host.nats.bus.nc }, { acknowledged: ids }),
  ).toEqual([])
  second?.kill('SIGTERM')
})

test('a server that lost its power: what ran on it has failed with its reason, nothing is left, and it serves again', async () => {
  const before = await Promise.all([running(), running()])
  await host.stopRunner('SIGKILL')
  for (const { pid } of before) process.kill(pid, 'SIGKILL')
  const { displays, control } = folders(host.settings)
  for (const gone of [displays, control]) rmSync(gone, { recursive: true })
  host.startRunner()
  for (const { id } of before) {
    expect((await host.until(id, 'failed')).state).toMatchObject({ outcome: { code: 'qemu-died' } })
    expect(await settled(id)).toEqual([])
  }
  const after = await running()
  await host.stopSession(after.id)
  await host.until(after.id, 'ended')
})
