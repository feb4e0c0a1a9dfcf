import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBucket } from '../../../config/bus/read-bucket.ts'
import { newSessionId } from '../../../config/contract/names.ts'
import { subjects } from '../../../config/contract/subjects.ts'
import { folders } from '../../../config/folders.ts'
import { uuidOf } from '../../../host-runner/identity.ts'
import { TestHost } from '../../harness/tiny-guest-runner.ts'

let host: TestHost

beforeAll(async () => {
  host = await TestHost.running()
})
afterAll(() => host.end())

/** A QEMU of this host with the uuid of a session, that the runner has not started. */
function foreignQemu(id: string) {
  const socket = `unix:${folders(host.settings).control}/${newSessionId()}.sock,server=on,wait=off`
  const args = ['-name', `darts-${id}`, '-uuid', uuidOf(id), '-machine', 'none', '-display', 'none', '-S']
  return spawn('qemu-system-x86_64', [...args, '-qmp', socket], { stdio: 'ignore' })
}

const numbered = (id: string, count: number) => Array.from({ length: count }, (_, i) => `${id}.${i + 1}`)

/** Ids of the session's events, in the order of the stream. */
async function eventsOf(id: string): Promise<string[]> {
  const { js, jsm } = host.nats.bus
  const filter = subjects.factsOf('alice', id)
  const { state } = await jsm.streams.info('EVENTS', { subjects_filter: filter })
  const count = Object.values(state.subjects ?? {}).reduce((sum, one) => sum + one, 0)
  const consumer = await js.consumers.get('EVENTS', { filter_subjects: filter })
  const ids: string[] = []
  if (count === 0) return ids
  for await (const message of await consumer.consume()) {
    ids.push(message.json<{ id: string }>().id)
    if (ids.length === count) break
  }
  return ids.filter(one => one.startsWith(`${id}.`))
}

test('a second QEMU of a session, and one that is nobody’s, are ended while everything runs; the session stays', async () => {
  const id = await host.createSession()
  await host.until(id, 'ready')
  const pid = await host.pidOf(id)
  const [second, stray] = [foreignQemu(id), foreignQemu(newSessionId())]
  await Promise.all([second, stray].map(one => once(one, 'exit')))
  expect([second.signalCode, stray.signalCode]).toEqual(['SIGKILL', 'SIGKILL'])
  expect(await host.pidOf(id)).toBe(pid)
  await host.stopSession(id)
  await host.until(id, 'ended')
})

test('a record that a later version wrote over is left alone by every look, and its desktop too', async () => {
  const id = await host.createSession()
  await host.until(id, 'ready')
  const pid = await host.pidOf(id)
  const sessions = await host.nats.bus.bucket('sessions')
  const text = (await sessions.get(id))?.string() ?? ''
  await sessions.put(id, JSON.stringify({ ...JSON.parse(text), v: 2 }))
  await host.logged(id, 'session left alone')
  // Each is ended by a look of its own.
  for (let look = 0; look < 2; look++) await once(foreignQemu(newSessionId()), 'exit')
  expect(await host.pidOf(id)).toBe(pid)
  const log = await readFile(join(folders(host.settings).logs, 'host-runner.log'), 'utf8')
  const lines = log.split('\n').filter(line => line.includes(id))
  const after = lines.slice(lines.findLastIndex(line => line.includes('session left alone')) + 1)
  expect(after).toEqual([])
  await sessions.put(id, text)
})

test('a desktop that does not answer is told, and told again when it does; for too long, and it is ended', async () => {
  const id = await host.createSession()
  await host.until(id, 'ready')
  const pid = (await host.pidOf(id)) ?? 0
  const told: string[] = []
  const subscription = host.nats.bus.nc.subscribe(subjects.factsOf('alice', id), {
    callback: (_, message) => {
      told.push(message.subject.split('.').at(-1) ?? '')
    },
  })
  process.kill(pid, 'SIGSTOP')
  await host.untilTrue(async () => told.includes('troubled'))
  process.kill(pid, 'SIGCONT')
  await host.untilTrue(async () => told.includes('recovered'))
  process.kill(pid, 'SIGSTOP')
  expect((await host.until(id, 'failed')).state).toMatchObject({ outcome: { code: 'qemu-silent' } })
  expect(await host.leftOf(id)).toEqual([])
  subscription.unsubscribe()
})

test('what a crash left unpublished is published once by the next runner', async () => {
  const id = await host.createSession()
  await host.until(id, 'ready')
  await expect.poll(() => eventsOf(id)).toHaveLength(6)
  await host.stopRunner('SIGKILL')
  // As a runner leaves it that dies between its write and its publish.
  const kv = await host.nats.bus.bucket('sessions')
  const entry = await kv.get(id)
  const record = entry?.json<{ n: number; pending: object[]; state: object }>()
  const n = (record?.n ?? 0) + 1
  const outcome = { result: 'ended', reason: 'stopped', text: 'The session was stopped.' }
  const ending = {
    ...record?.pending[0],
    id: `${id}.${n}`,
    type: 'darts.session.ending.v1',
    data: { outcome },
  }
  const state = { ...record?.state, state: 'ending', outcome }
  await kv.put(id, JSON.stringify({ ...record, n, pending: [ending], state }))
  host.startRunner()
  await host.until(id, 'ended')
  await expect.poll(() => eventsOf(id)).toEqual(numbered(id, n + 1))
})

test('with a wiped store running desktops stay, their records and events are rebuilt from what lies beside their disks', async () => {
  const [running, ended] = await Promise.all([host.createSession(), host.createSession()])
  await Promise.all([host.until(running, 'ready'), host.until(ended, 'ready')])
  const [pid, before] = [await host.pidOf(running), await host.store.get(running)]
  await host.nats.kill({ wipe: true })
  process.kill((await host.pidOf(ended)) ?? 0, 'SIGKILL')
  await host.nats.again()
  const record = await host.until(running, 'ready')
  expect({ ...record, pending: [] }).toEqual({ ...before, pending: [] })
  expect(await host.pidOf(running)).toBe(pid)
  await expect.poll(() => eventsOf(running)).toEqual(numbered(running, 6))
  expect((await host.until(ended, 'failed')).state).toMatchObject({ outcome: { code: 'qemu-died' } })
  expect(await host.leftOf(ended)).toEqual([])
  const next = await host.createSession()
  await host.until(next, 'ready')
  for (const id of [running, next]) {
    await host.stopSession(id)
    await host.until(id, 'ended')
    expect(await host.leftOf(id)).toEqual([])
  }
  expect(await readBucket(host.nats.bus, 'hosts')).toHaveLength(1)
})
