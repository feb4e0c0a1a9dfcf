import { statfsSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { folders } from '../../config/folders.ts'
import { sessionFiles } from '../../host-runner/session-files.ts'
import { announceHost } from '../harness/host.ts'
import { brokenWhenSettled } from '../harness/invariants.ts'
import { startServices } from '../harness/services.ts'
import { installTinyMachine, tinyGuest } from '../harness/tiny-guest.ts'
import { TestHost } from '../harness/tiny-guest-runner.ts'

/* A small file system of its own takes the place of a disk, and is filled. */
async function smallDisk(path: string, size: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=711`, 'darts-test', path])
}
const enlarge = (path: string, size: string) => execa('mount', ['-o', `remount,size=${size}`, path])
const unmount = (path: string) => execa('umount', ['--lazy', path])
const free = (path: string) => statfsSync(path).bavail

test('a disk full under an overlay pauses the guest, which goes on when there is room, its disk whole', async () => {
  const host = await TestHost.make({ DARTS_DISK_RESERVE: '0' })
  const { sessions } = folders(host.settings)
  await smallDisk(sessions, '24m')
  onTestFinished(async () => {
    await unmount(sessions)
    await host.end()
  })
  await installTinyMachine(host.settings, await tinyGuest())
  host.startRunner()
  const id = await host.createSession()
  await host.until(id, 'ready')
  const pid = await host.pidOf(id)
  const filled = host.tell(id, 'fill 40')
  await expect.poll(() => free(sessions), { timeout: 60_000 }).toBe(0)
  await enlarge(sessions, '256m')
  expect(await filled).toBe('ok')
  expect(await host.pidOf(id)).toBe(pid)
  const { overlay } = sessionFiles(folders(host.settings), id)
  const { stdout } = await execa('qemu-img', ['check', '-U', overlay])
  expect(stdout).toContain('No errors were found')
  expect(await brokenWhenSettled({ settings: host.settings, nc: host.nats.bus.nc })).toEqual([])
  await host.stopSession(id)
  await host.until(id, 'ended')
})

test('a disk full under NATS: a create is answered with 503, never with 202, and succeeds when there is room', async () => {
  let store = ''
  const services = await startServices({}, async settings => {
    store = folders(settings).nats
    await smallDisk(store, '16m')
  })
  onTestFinished(async () => {
    await unmount(store)
    await services.stop()
  })
  await announceHost(services.bus, 'testhost')
  const create = (key: string) =>
    services.api('/api/sessions', {
      method: 'POST',
      body: '{"machine":"plain"}',
      headers: { 'idempotency-key': key },
    })
  expect((await create('first')).status).toBe(202)
  const filler = join(store, 'filler')
  try {
    for (let i = 0; ; i++) writeFileSync(`${filler}`, Buffer.alloc(i < 64 ? 256 * 1024 : 4096), { flag: 'a' })
  } catch {}
  expect(free(store)).toBe(0)
  const answers = []
  for (let i = 0; i < 20; i++) answers.push(await create(`full-${i}`))
  expect(answers.map(({ status }) => status)).toContain(503)
  const { messages } = (
    await services.bus.jsm.streams.info('COMMANDS').catch(() => ({ state: { messages: 0 } }))
  ).state
  expect(messages).toBeLessThanOrEqual(answers.filter(({ status }) => status === 202).length)
  await rm(filler)
  await services.nats.kill({ signal: 'SIGTERM' })
  await services.nats.again()
  await expect.poll(async () => (await create('again')).status, { timeout: 20_000 }).toBe(202)
})
