import { stat } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { displaySocket, folders } from '../../../config/folders.ts'
import { installTinyMachine, tinyGuest } from '../../harness/tiny-guest.ts'
import { TestHost } from '../../harness/tiny-guest-runner.ts'

let host: TestHost

beforeAll(async () => {
  host = await TestHost.make()
  const guest = await tinyGuest()
  await installTinyMachine(host.settings, guest)
  await installTinyMachine(host.settings, guest, { name: 'tiny-agent', ready: ['agent', 'desktop'] })
  await installTinyMachine(host.settings, guest, { name: 'tiny-never-drawn', append: 'not-drawn' })
  host.startRunner()
})
afterAll(() => host.end())

const running = async (machine = 'tiny') => {
  const id = await host.createSession(machine)
  await host.until(id, 'ready')
  return id
}

test('a placed session becomes ready, and after a stop nothing of it is left', async () => {
  const id = await running('tiny-agent')
  const all = folders(host.settings)
  const socket = await stat(displaySocket(all, id))
  expect(socket.isSocket()).toBe(true)
  expect((await stat(`${all.displays}/${id}`)).mode & 0o7777).toBe(0o2750)
  expect(socket.mode & 0o777).toBe(0o770)
  await host.stopSession(id)
  const { state } = await host.until(id, 'ended')
  expect(state).toMatchObject({ outcome: { result: 'ended', reason: 'stopped' } })
  expect(await host.leftOf(id)).toEqual([])
})

test('QEMU runs as its own user, without capabilities, with the sandbox on', async () => {
  const id = await running()
  const status = await host.statusOf(id)
  expect(status.Uid).not.toContain('0')
  expect(status).toMatchObject({ CapEff: ['0000000000000000'], Seccomp: ['2'], NoNewPrivs: ['1'] })
  await host.stopSession(id)
  await host.until(id, 'ended')
})

test('a guest that restarts stays in its session; one that powers off ends it', async () => {
  const id = await running()
  const pid = await host.pidOf(id)
  await host.tell(id, 'reboot')
  await host.tell(id, 'cat etc/hostname')
  expect(await host.pidOf(id)).toBe(pid)
  await host.tell(id, 'poweroff')
  const { state } = await host.until(id, 'ended')
  expect(state).toMatchObject({ outcome: { reason: 'powered-off' } })
  expect(await host.leftOf(id)).toEqual([])
})

test('a guest whose kernel panics fails with that reason', async () => {
  const id = await running()
  await host.tell(id, 'panic')
  const { state } = await host.until(id, 'failed')
  expect(state).toMatchObject({ outcome: { code: 'guest-panicked' } })
  expect(await host.leftOf(id)).toEqual([])
})

test('a killed QEMU is known within 2 seconds', async () => {
  const id = await running()
  process.kill((await host.pidOf(id)) ?? 0, 'SIGKILL')
  const killed = Date.now()
  const { state } = await host.until(id, 'ending', 'failed')
  expect(Date.now() - killed).toBeLessThan(2000)
  expect(state).toMatchObject({ outcome: { code: 'qemu-died' } })
  await host.until(id, 'failed')
  expect(await host.leftOf(id)).toEqual([])
})

test('a stop while the guest still boots ends as a stop, and so does a second one', async () => {
  const id = await host.createSession('tiny-never-drawn')
  await host.until(id, 'booted')
  await Promise.all([host.stopSession(id), host.stopSession(id)])
  await host.until(id, 'ended')
  expect(await host.leftOf(id)).toEqual([])
})

test('a stop right after the create leaves nothing', async () => {
  const id = await host.createSession()
  await host.stopSession(id)
  await host.until(id, 'ended')
  expect(await host.leftOf(id)).toEqual([])
})

test('a QEMU that does not answer any more is cleaned all the same', async () => {
  const id = await host.createSession('tiny-never-drawn')
  await host.until(id, 'booted')
  process.kill((await host.pidOf(id)) ?? 0, 'SIGSTOP')
  await host.stopSession(id)
  await host.until(id, 'ended')
  expect(await host.leftOf(id)).toEqual([])
})
