import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { folders } from '../../../config/folders.ts'
import { TestHost } from '../../harness/tiny-guest-runner.ts'

let host: TestHost

beforeAll(async () => {
  host = await TestHost.running()
})
afterAll(() => host.end())

test('a desktop outlives a killed runner, and the next one monitors it again', async () => {
  const id = await host.createSession()
  await host.until(id, 'ready')
  const pid = await host.pidOf(id)
  await host.stopRunner('SIGKILL')
  expect(await host.pidOf(id)).toBe(pid)
  host.startRunner()
  await host.logged(id, 'adopted')
  expect(await host.pidOf(id)).toBe(pid)
  await host.tell(id, 'poweroff')
  expect((await host.until(id, 'ended')).state).toMatchObject({ outcome: { reason: 'powered-off' } })
  expect(await host.leftOf(id)).toEqual([])
})

test('what ended while no runner was there is told apart: powered off, or died', async () => {
  const [off, killed] = await Promise.all([host.createSession(), host.createSession()])
  await Promise.all([host.until(off, 'ready'), host.until(killed, 'ready')])
  expect(await host.stopRunner('SIGTERM')).toBe(0)
  await host.tell(off, 'poweroff')
  process.kill((await host.pidOf(killed)) ?? 0, 'SIGKILL')
  await host.untilGone(off, killed)
  host.startRunner()
  expect((await host.until(off, 'ended')).state).toMatchObject({ outcome: { reason: 'powered-off' } })
  expect((await host.until(killed, 'failed')).state).toMatchObject({ outcome: { code: 'qemu-died' } })
  expect([...(await host.leftOf(off)), ...(await host.leftOf(killed))]).toEqual([])
})

test('what nobody asked for is removed at the start, and nothing else', async () => {
  const { sessions, control } = folders(host.settings)
  const orphan = 'orphanorphan'
  await host.stopRunner('SIGTERM')
  await mkdir(join(sessions, orphan))
  await mkdir(join(control, orphan))
  await writeFile(join(sessions, 'Notes-of-the-admin.txt'), 'keep')
  host.startRunner()
  await host.logged(orphan, 'reconciling')
  await host.logged(undefined, 'running')
  expect(await host.leftOf(orphan)).toEqual([])
  expect(existsSync(join(sessions, 'Notes-of-the-admin.txt'))).toBe(true)
})

test('a session that was created while the runner was away starts when it is back', async () => {
  await host.stopRunner('SIGTERM')
  const id = await host.createSession()
  host.startRunner()
  await host.until(id, 'booted')
})

test('the end of its input makes the runner go and leaves the desktop; SIGUSR2 ends all desktops', async () => {
  const id = await host.createSession()
  await host.until(id, 'booted')
  const pid = await host.pidOf(id)
  expect(await host.closeInput()).toBe(0)
  expect(await host.pidOf(id)).toBe(pid)
  host.startRunner()
  await host.logged(id, 'adopted')
  expect(await host.stopRunner('SIGUSR2')).toBe(0)
  expect((await host.until(id, 'ended')).state).toMatchObject({ outcome: { reason: 'stopped' } })
  expect(await host.leftOf(id)).toEqual([])
})
