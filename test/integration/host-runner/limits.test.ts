import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rmdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { ERRORS } from '../../../config/errors.ts'
import { folders } from '../../../config/folders.ts'
import { uuidOf } from '../../../host-runner/identity.ts'
import { findLimiter } from '../../../host-runner/limits/find-limiter.ts'
import type { Limiter } from '../../../host-runner/limits/limiter.ts'
import { sessionFiles } from '../../../host-runner/session-files.ts'
import { installTinyMachine, tinyGuest } from '../../harness/tiny-guest.ts'
import { TestHost } from '../../harness/tiny-guest-runner.ts'

/* No overhead: a guest that touches all of its memory brings its QEMU over the limit, for real. */
const MEMORY = 512
/** MiB, of which the guest's own kernel leaves enough. */
const EATEN = 420
const V1 = existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes') && !existsSync('/run/systemd/system')
let host: TestHost
let limiter: Limiter

beforeAll(async () => {
  host = await TestHost.make({ DARTS_MEMORY_OVERHEAD: '0' })
  limiter = await findLimiter(host.settings)
  await installTinyMachine(host.settings, await tinyGuest())
  host.startRunner()
})
afterAll(() => host.end())

const running = async () => {
  const id = await host.createSession('tiny', { memory: MEMORY })
  await host.until(id, 'ready')
  return id
}
const logOf = (id: string) => sessionFiles(folders(host.settings), id).log
const leftOf = async (id: string) => [
  ...(await host.leftOf(id)),
  ...(await limiter.list()).filter(uuid => uuid === uuidOf(id)),
]
/** Folder of the group that a process is in, for a controller of cgroup v1. */
async function groupOf(pid: number | undefined, controller: string): Promise<string> {
  const lines = (await readFile(`/proc/${pid}/cgroup`, 'utf8')).split('\n').map(line => line.split(':'))
  const group = lines.find(([, names]) => names?.split(',').includes(controller))?.[2] ?? ''
  return join('/sys/fs/cgroup', controller, group)
}

test('a QEMU over its memory is killed alone: its session fails and says so, others and the runner go on', async () => {
  const [greedy, other] = await Promise.all([running(), running()])
  const { runner } = host
  const pid = await host.pidOf(other)
  void host.tell(greedy, `eat ${EATEN}`).catch(() => {})
  const { state } = await host.until(greedy, 'failed')
  expect(state).toMatchObject({
    outcome: { code: 'out-of-memory', text: ERRORS['out-of-memory'].text },
  })
  expect(await leftOf(greedy)).toEqual([])
  expect(runner?.exitCode).toBe(null)
  expect(await host.pidOf(other)).toBe(pid)
  expect(await host.tell(other, 'cat etc/hostname')).toBe('tiny')
  await host.stopSession(other)
  await host.until(other, 'ended')
  expect(await leftOf(other)).toEqual([])
})

test('one that went over its memory while no runner was there is told with the same reason', async () => {
  const id = await running()
  await host.stopRunner('SIGKILL')
  void host.tell(id, `eat ${EATEN}`).catch(() => {})
  await host.untilGone(id)
  host.startRunner()
  const { state } = await host.until(id, 'failed')
  expect(state).toMatchObject({ outcome: { code: 'out-of-memory' } })
  expect(await leftOf(id)).toEqual([])
})

test.runIf(V1)('its memory, processors and tasks are bounded', async () => {
  const id = await running()
  const pid = await host.pidOf(id)
  const [memory, cpu, pids] = await Promise.all(
    ['memory', 'cpu', 'pids'].map(controller => groupOf(pid, controller)),
  )
  const value = async (folder: string | undefined, file: string) =>
    (await readFile(join(folder ?? '', file), 'utf8')).trim()
  expect(await value(memory, 'memory.limit_in_bytes')).toBe(String(MEMORY * 2 ** 20))
  expect(await value(cpu, 'cpu.cfs_quota_us')).toBe('200000')
  expect(await value(pids, 'pids.max')).toBe('129')
  for (const folder of [memory, cpu, pids]) expect(await value(folder, 'cgroup.procs')).toBe(String(pid))
  await host.stopSession(id)
  await host.until(id, 'ended')
  for (const folder of [memory, cpu, pids]) expect(existsSync(folder ?? '')).toBe(false)
})

test.runIf(V1)(
  'a group that a crash left without a session is removed at the start, with what runs in it',
  async () => {
    const id = await running()
    const kept = await host.pidOf(id)
    const mine = await groupOf(kept, 'memory')
    await host.stopRunner('SIGKILL')
    const orphan = mine.replace(uuidOf(id), uuidOf('orphanorphan'))
    const foreign = mine.replace(/darts-[0-9a-f]{8}/, 'darts-00000000')
    await mkdir(orphan)
    await mkdir(foreign)
    onTestFinished(() => rmdir(foreign))
    const left = spawn('sleep', ['1000'])
    const ended = once(left, 'exit')
    await writeFile(join(orphan, 'cgroup.procs'), String(left.pid))
    host.startRunner()
    await host.logged(undefined, 'running')
    expect(await ended).toEqual([null, 'SIGKILL'])
    expect([existsSync(orphan), existsSync(foreign)]).toEqual([false, true])
    expect(await host.pidOf(id)).toBe(kept)
    await host.stopSession(id)
    await host.until(id, 'ended')
  },
)

test('a guest that floods its console fills no disk', async () => {
  const id = await running()
  const before = await stat(logOf(id))
  expect(await host.tell(id, `flood ${2 ** 20}`)).toBe('ok')
  expect((await stat(logOf(id))).size).toBe(before.size)
  await host.stopSession(id)
  await host.until(id, 'ended')
})

test('what makes QEMU write without end fills no disk, and how it ended is known all the same', async () => {
  const id = await running()
  const output = await open(`/proc/${await host.pidOf(id)}/fd/2`, 'a')
  for (let written = 0; written < 8; written++) await output.write(Buffer.alloc(2 ** 20, 'x\n'))
  await output.close()
  await host.untilTrue(async () => (await stat(logOf(id))).size < 2 ** 20)
  await host.tell(id, 'poweroff')
  const { state } = await host.until(id, 'ended')
  expect(state).toMatchObject({ outcome: { reason: 'powered-off' } })
})
