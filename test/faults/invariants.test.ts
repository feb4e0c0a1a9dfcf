import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { sessionStore } from '../../config/bus/session-store.ts'
import { envelope } from '../../config/contract/envelope.ts'
import { factType } from '../../config/contract/facts.ts'
import { newSessionId } from '../../config/contract/names.ts'
import { subjects } from '../../config/contract/subjects.ts'
import { folders } from '../../config/folders.ts'
import { uuidOf } from '../../host-runner/identity.ts'
import { brokenWhenSettled, violations } from '../harness/invariants.ts'
import { appears } from '../harness/moments.ts'
import { startNats, type TestNats } from '../harness/nats.ts'
import { freshSettings } from '../harness/settings.ts'

/* The checker of the invariants finds each kind of violation, made by hand on a host without a service. */
let made: Awaited<ReturnType<typeof freshSettings>>
let nats: TestNats
beforeAll(async () => {
  made = await freshSettings()
  nats = await startNats(made.settings)
})
afterAll(async () => {
  await nats.stop()
  await made.remove()
})

const places = () => folders(made.settings)
const place = () => ({ settings: made.settings, nc: nats.bus.nc })
const store = () => sessionStore(nats.bus, 'test')
const REQUEST = { machine: 'tiny', cpus: 1, memory: 256, lifetime: 60, createdAt: '', expiresAt: '' }

async function placed(id: string) {
  await store().change(id, { order: 'create', request: REQUEST }, { owner: 'alice', correlationid: 'c' })
  await store().change(id, { order: 'place', host: 'testhost', start: 'cold' })
}

async function ready(id: string) {
  await placed(id)
  const facts = [
    { fact: 'overlaid' },
    { fact: 'customized', skipped: true },
    { fact: 'booted', accel: 'tcg' },
    { fact: 'ready' },
  ] as const
  await store().change(id, { order: 'advance', facts: [...facts] })
}

async function ended(id: string) {
  await placed(id)
  await store().change(id, { order: 'end', reason: 'stopped' })
  await store().change(id, { order: 'cleaned' })
}

/** A fact as if the service had published it; its message id is new, so that no server leaves it out. */
const publish = (session: string, fact: 'ready' | 'ended' | 'overlaid', n: number) =>
  nats.bus.js.publish(
    subjects.fact('alice', session, fact),
    JSON.stringify(envelope(factType(fact), 'test', {}, { id: `${session}.${n}` })),
  )

const write = async (id: string, change: object) => {
  const record = await store().get(id)
  await (await nats.bus.bucket('sessions')).put(id, JSON.stringify({ ...record, ...change }))
}

/** A QEMU without a machine in it, with the names and the display of a session's. */
async function qemu(id: string, name = `darts-${id}`): Promise<ChildProcess> {
  const display = join(places().displays, id)
  for (const folder of [display, join(places().sessions, id)])
    await mkdir(folder, { recursive: true, mode: 0o750 })
  const socket = join(display, `${name === `darts-${id}` ? 'vnc' : name}.sock`)
  const args = ['-machine', 'none', '-nodefaults', '-name', name, '-uuid', uuidOf(id)]
  const child = spawn('qemu-system-x86_64', [...args, '-vnc', `unix:${socket}`], { stdio: 'ignore' })
  onTestFinished(async () => {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  })
  await appears(socket)
  return child
}

type Make = (id: string) => Promise<unknown>
const after =
  (first: Make, then: (id: string) => unknown): Make =>
  async id => {
    await first(id)
    return then(id)
  }
/** Its key knows of more facts than there are. */
const numbered = after(placed, id => write(id, { n: 3 }))

async function folder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o750 })
  onTestFinished(() => rmdir(path))
}

test('a session that runs, and one that is over, are as they should be', async () => {
  const [running, over] = [newSessionId(), newSessionId()]
  await qemu(running)
  await ready(running)
  await ended(over)
  expect(await brokenWhenSettled(place(), { acknowledged: [running, over] })).toEqual([])
})

const MADE: [string, Make][] = [
  ['2 QEMUs run', async id => Promise.all([qemu(id), qemu(id, 'darts-second')])],
  ['was published twice', after(numbered, id => publish(id, 'overlaid', 2))],
  ['fact 3, overlaid, has the id', after(placed, id => publish(id, 'overlaid', 7))],
  ['ready came after placed', after(placed, id => publish(id, 'ready', 3))],
  ['it has ended 2 times', after(ended, id => publish(id, 'ended', 5))],
  ['facts were published, but it has no key', id => publish(id, 'ended', 1)],
  ['facts were published, its key knows', after(placed, id => publish(id, 'overlaid', 3))],
]

test.each(MADE)('it tells at any moment: %s', async (sentence, make) => {
  const id = newSessionId()
  await make(id)
  const broken = await violations(place())
  expect(broken.filter(one => one.includes(id))).toContainEqual(expect.stringContaining(sentence))
})

const LEFT: [string, Make][] = [
  ['of its 3 facts were published', numbered],
  [
    'its key says ready, its last fact is placed',
    after(placed, id => write(id, { state: { state: 'ready' } })),
  ],
  ['acknowledged, and not known', async () => {}],
  ['still placed', placed],
  ['ended without a reason', after(ended, id => write(id, { state: { state: 'ended', outcome: {} } }))],
  [
    'still works on its files',
    async id => {
      const child = spawn('sleep', ['1000'], {
        argv0: join(places().sessions, id, 'overlay.qcow2'),
        stdio: 'ignore',
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      await once(child, 'spawn')
    },
  ],
  ["is nobody's", qemu],
  ['sessions/', id => folder(join(places().sessions, id))],
  ['control/', id => folder(join(places().control, id))],
  ['displays/', after(ended, id => folder(join(places().displays, id)))],
  ['state/pool/', id => folder(join(places().pool, id))],
  ['run/pool/', id => folder(join(places().poolRun, id))],
  ['/sys/fs/cgroup/', after(ended, id => folder(`/sys/fs/cgroup/pids/darts-${id}`))],
  ['but no QEMU runs', ready],
  ['but its QEMU is stopped', after(ready, async id => (await qemu(id)).kill('SIGSTOP'))],
  ['but its display does not answer', after(ready, id => qemu(id, 'darts-blind'))],
]

test.each(LEFT)('it tells when everything should have settled: %s', async (sentence, make) => {
  const id = newSessionId()
  await make(id)
  const broken = await violations(place(), { settled: true, acknowledged: [id] })
  expect(broken.filter(one => one.includes(id))).toContainEqual(expect.stringContaining(sentence))
})

test('it tells of a display that is open to everybody', async () => {
  const path = join(places().displays, newSessionId())
  await folder(path)
  await chmod(path, 0o755)
  expect(await violations(place())).toContain(`${path} is open to everybody: mode 755`)
})

test('it tells of a step that nobody takes, unless it may come again', async () => {
  await nats.bus.js.publish('darts.run.testhost.stepstepstep.boot', '{}')
  const broken = (redelivery: boolean) => violations(place(), { settled: true, redelivery })
  expect(await broken(false)).toContain('STEPS: 1 messages are not handled')
  expect((await broken(true)).join()).not.toContain('not handled')
})

test('it tells of a file of others that is gone', async () => {
  const [there, gone] = ['there', 'gone'].map(name => join(made.settings.state, name)) as [string, string]
  await writeFile(there, '')
  const broken = await violations(place(), { others: [there, gone] })
  expect(broken.filter(one => one.endsWith('is gone'))).toEqual([`${gone} is gone`])
})
