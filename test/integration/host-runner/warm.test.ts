import { existsSync } from 'node:fs'
import { readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publish } from '../../../config/bus/publish.ts'
import { envelope } from '../../../config/contract/envelope.ts'
import { subjects } from '../../../config/contract/subjects.ts'
import { displaySocket, folders } from '../../../config/folders.ts'
import { Rfb } from '../../harness/rfb.ts'
import { installTinyMachine, tinyGuest } from '../../harness/tiny-guest.ts'
import { TestHost } from '../../harness/tiny-guest-runner.ts'

/* A guest without an agent, whose machine allows twins: how copies are made, given away and ended. */
const NAME = 'tiny-1x256'
let host: TestHost

beforeAll(async () => {
  // No more than the machine asks for, however many were claimed lately.
  host = await TestHost.make({ DARTS_POOL_MAX: '1' })
  const warm = { flavors: [{ cpus: 1, memory: 256, pool: 1 }], twins: true }
  await installTinyMachine(host.settings, await tinyGuest(), { warm })
  host.startRunner()
  await waiting(1)
})
afterAll(() => host.end())

const template = (file: string) => join(folders(host.settings).templates, NAME, file)
/** Resolves when as many clones wait. */
const waiting = (count: number) =>
  host.untilView(({ templates: [one] }) => {
    if (one?.state === 'failed') throw new Error(one.text)
    return one?.state === 'ready' && one.pool === count
  })
const warm = async () => {
  const id = await host.createSession('tiny', { start: 'warm' })
  const { state } = await host.until(id, 'ready')
  return { id, start: 'start' in state ? state.start : undefined }
}
const stop = async (id: string) => {
  await host.stopSession(id)
  await host.until(id, 'ended')
  expect(await host.leftOf(id)).toEqual([])
}
const task = (what: 'build-template' | 'remove-template') =>
  publish(
    host.nats.bus,
    subjects.templateTask(host.settings.host, NAME, what),
    envelope(`darts.step.${what}.v1`, 'test', {}),
  )

test('a session of it is a copy: ready at once, its guest answers, its display has a whole frame', async () => {
  const { id, start } = await warm()
  expect(start).toBe('warm')
  expect(await host.tell(id, 'cat etc/hostname')).toBe('tiny')
  const rfb = await Rfb.open(connect(displaySocket(folders(host.settings), id)))
  await rfb.update(false)
  expect(rfb.colours()).toBeGreaterThan(1)
  rfb.close()
  await stop(id)
})

test('its QEMU is confined like any other, and may read the template but not write to it', async () => {
  const { id } = await warm()
  const status = await host.statusOf(id)
  expect(status.Uid).not.toContain('0')
  expect(status).toMatchObject({ CapEff: ['0000000000000000'], Seccomp: ['2'], NoNewPrivs: ['1'] })
  const maps = (await readFile(`/proc/${await host.pidOf(id)}/maps`, 'utf8')).split('\n')
  const memory = maps.filter(line => line.endsWith(template('memory')))
  expect(memory.length).toBeGreaterThan(0)
  expect(memory.every(line => line.split(' ')[1]?.endsWith('p'))).toBe(true)
  for (const file of ['memory', 'state', 'disk.qcow2'])
    expect(await stat(template(file))).toMatchObject({ uid: 0, mode: 0o100440 })
  await stop(id)
})

test('what a copy writes stays its own', async () => {
  const [one, two] = await Promise.all([warm(), warm()])
  const before = await stat(template('disk.qcow2'))
  await host.tell(one.id, 'fill 8')
  expect((await stat(template('disk.qcow2'))).mtimeMs).toBe(before.mtimeMs)
  expect(await host.tell(two.id, 'cat filled')).toBe('')
  await Promise.all([stop(one.id), stop(two.id)])
})

test('no two sessions get the same copy, however many ask at once', async () => {
  const all = await Promise.all([warm(), warm(), warm(), warm()])
  expect(all.map(({ start }) => start)).toEqual(['warm', 'warm', 'warm', 'warm'])
  expect(new Set(await Promise.all(all.map(({ id }) => host.pidOf(id)))).size).toBe(4)
  await Promise.all(all.map(({ id }) => stop(id)))
})

test('a copy that is restarted from inside boots in the same session', async () => {
  const { id } = await warm()
  const pid = await host.pidOf(id)
  await host.tell(id, 'reboot')
  expect(await host.tell(id, 'cat etc/hostname')).toBe('tiny')
  expect(await host.pidOf(id)).toBe(pid)
  await stop(id)
})

test('a runner that was killed leaves the sessions, and the next one begins with a new pool', async () => {
  const { id } = await warm()
  const pid = await host.pidOf(id)
  await waiting(1)
  await host.stopRunner('SIGKILL')
  host.startRunner()
  await host.logged(id, 'adopted')
  expect(await host.pidOf(id)).toBe(pid)
  await host.logged(undefined, 'running')
  await host.untilTrue(async () => (await host.clones()).length === 1)
  expect(await host.tell(id, 'cat etc/hostname')).toBe('tiny')
  await stop(id)
})

test('a copy that dies while it waits is replaced', async () => {
  await waiting(1)
  const [pid = 0] = await host.clones()
  process.kill(pid, 'SIGKILL')
  await host.untilTrue(async () => {
    const now = await host.clones()
    return now.length === 1 && now[0] !== pid
  })
})

test('a template that is removed leaves cold starts, until it is built again', async () => {
  await task('remove-template')
  await host.untilTrue(async () => (await host.clones()).length === 0)
  const { id, start } = await warm()
  expect(start).toBe('cold')
  await stop(id)
  await task('build-template')
  await waiting(1)
})

test('a template that cannot be restored costs a cold start, and is built anew', async () => {
  await host.stopRunner('SIGTERM')
  await truncate(template('state'), 1000)
  host.startRunner()
  const { id, start } = await warm()
  expect(start).toBe('cold')
  await stop(id)
  await waiting(1)
})

test('a template of another image is not used, and is built anew', async () => {
  const disk = join(folders(host.settings).images, 'tiny', 'disk.qcow2')
  const { builtAt } = JSON.parse(await readFile(template('template.json'), 'utf8'))
  await host.stopRunner('SIGTERM')
  await utimes(disk, new Date(), new Date())
  host.startRunner()
  await host.untilView(({ templates: [one] }) => one?.state === 'ready' && one.builtAt !== builtAt)
})

test('a runner that ends leaves no half-built template behind', async () => {
  await task('build-template')
  await host.untilTrue(
    async () => (await host.clones()).length === 1 && !existsSync(template('template.json')),
  )
  expect(await host.stopRunner('SIGTERM')).toBe(0)
  expect(await host.clones()).toEqual([])
  host.startRunner()
  await waiting(1)
})

test('a runner that ends takes the waiting copies with it', async () => {
  await waiting(1)
  await writeFile(join(folders(host.settings).templates, 'half.new'), '')
  expect(await host.stopRunner('SIGTERM')).toBe(0)
  expect(await host.clones()).toEqual([])
  host.startRunner()
  await host.logged(undefined, 'running')
})
