import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseEnvelope } from '../../../config/contract/envelope.ts'
import type { HostProgress } from '../../../config/contract/facts.ts'
import { subjects } from '../../../config/contract/subjects.ts'
import { installTinyMachine, tinyGuest, writeMachine } from '../../harness/tiny-guest.ts'
import { TestHost } from '../../harness/tiny-guest-runner.ts'

let host: TestHost
const told: HostProgress[] = []

/** Leaves behind what a recipe that is stopped would: a process and a mount inside its folder. */
const RECIPE = `
mkdir "$1/mounted"; mount -t tmpfs none "$1/mounted"; : > "$1/mounted/file"
sleep 98765 &
echo progress 10 Beginning
qemu-img create -q -f qcow2 "$1/disk.qcow2" 16M
echo progress 90 Almost
umount "$1/mounted"; rmdir "$1/mounted"
mkdir "$1/again"; mount -t tmpfs none "$1/again"; umount "$1/again"; rmdir "$1/again"`

const STUCK = `
mkdir "$1/mounted"; mount -t tmpfs none "$1/mounted"
echo progress 10 Stuck
sleep 87654`

beforeAll(async () => {
  host = await TestHost.make()
  await installTinyMachine(host.settings, await tinyGuest())
  await writeMachine(host.settings, { name: 'built', recipe: RECIPE })
  await writeMachine(host.settings, { name: 'stuck', recipe: STUCK })
  const { nc } = host.nats.bus
  nc.subscribe(subjects.hostSteps, {
    callback: (_, message) => void told.push(parseEnvelope(message.data).data as HostProgress),
  })
  host.startRunner()
})
afterAll(() => host.end())

test('a host tells how it runs, and which machines can be started on it', async () => {
  const view = await host.untilView(
    ({ accel, machines }) => accel !== undefined && machines.tiny?.state === 'ready',
  )
  expect(view).toMatchObject({ host: 'testhost', machines: { tiny: { state: 'ready' } } })
  expect(view.qemu).toMatch(/^[0-9]+\.[0-9]+\.[0-9]+$/)
})

test('a machine with a recipe is built, owned by root and readable by QEMU, and its progress is told', async () => {
  await host.untilView(({ machines }) => machines.built?.state === 'ready')
  const { uid, mode } = await stat(join(host.settings.images, 'built', 'disk.qcow2'))
  expect([uid, mode & 0o777]).toEqual([0, 0o644])
  await host.untilTrue(async () =>
    told.some(({ step, state, percent }) => step === 'machine-built' && state === 'done' && percent === 100),
  )
  expect(await left('sleep\u000098765')).toEqual([])
})

test('a runner that goes, however, takes its recipe with it: no process, no mount', async () => {
  await host.untilView(({ machines }) => machines.stuck?.text === 'Stuck')
  expect(await left('sleep\u000087654')).toHaveLength(1)
  await host.stopRunner('SIGKILL')
  await host.untilTrue(async () => (await left('sleep\u000087654')).length === 0)
  expect(await readFile('/proc/mounts', 'utf8')).not.toContain(host.settings.images)
})

async function left(command: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^[0-9]+$/.test(name))
  const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter(line => line.startsWith(command))
}
