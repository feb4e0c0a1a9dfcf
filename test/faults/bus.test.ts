import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ensureStreams } from '../../config/bus/streams.ts'
import { newSessionId } from '../../config/contract/names.ts'
import { folders } from '../../config/folders.ts'
import { brokenWhenSettled, violations } from '../harness/invariants.ts'
import { type Line, openLine } from '../harness/line.ts'
import { spawned } from '../harness/moments.ts'
import { installTinyMachine, tinyGuest } from '../harness/tiny-guest.ts'
import { TestHost } from '../harness/tiny-guest-runner.ts'

/* The bus goes away, in each way in which it can, and comes back. */
let host: TestHost
let line: Line
const started: string[] = []
beforeAll(async () => {
  host = await TestHost.make()
  await installTinyMachine(host.settings, await tinyGuest(), { ready: [] })
  line = await openLine(host.nats.url)
  host.startRunner({ DARTS_NATS_URL: line.url })
})
afterEach(async () => {
  line.release()
  line.mend()
  for (const id of started.splice(0)) {
    await host.stopSession(id)
    await host.until(id, 'ended', 'failed')
  }
})
afterAll(async () => {
  await host.end()
  line.close()
})

const settled = (id: string, redelivery = false) =>
  brokenWhenSettled(
    { settings: host.settings, nc: host.nats.bus.nc },
    { acknowledged: [id], redelivery },
    40_000,
  )

async function create(): Promise<string> {
  const id = newSessionId()
  started.push(id)
  return host.createSession('tiny', { id })
}

/** Milliseconds: longer than the ack wait of a step. */
const LONG = 25_000

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'NATS ended by %s and back: what ended meanwhile is told, what is asked for then starts, nothing twice',
  async signal => {
    const [stays, dies] = [await create(), await create()]
    await Promise.all([host.until(stays, 'ready'), host.until(dies, 'ready')])
    const pid = await host.pidOf(stays)
    await host.nats.kill({ signal })
    process.kill((await host.pidOf(dies)) ?? 0, 'SIGKILL')
    await host.untilGone(dies)
    await host.nats.again()
    expect((await host.until(dies, 'failed')).state).toMatchObject({ outcome: { code: 'qemu-died' } })
    const later = await create()
    await host.until(later, 'ready')
    expect(await host.pidOf(stays)).toBe(pid)
    expect(await settled(later)).toEqual([])
  },
)

test('NATS unreachable while a desktop starts: it runs on, and is known when NATS is there again', async () => {
  const id = await create()
  await spawned(host.settings, id)
  line.cut()
  await host.logged(id, 'monitored')
  line.mend()
  await host.until(id, 'ready')
  expect(await settled(id)).toEqual([])
})

test('a partition longer than the ack wait: the step comes a second time, and finds what the first has done', async () => {
  const id = await create()
  await spawned(host.settings, id)
  line.hold()
  await sleep(LONG)
  line.release()
  await host.until(id, 'ready')
  expect(await settled(id)).toEqual([])
})

test('a runner that was cut off while another did its step is fenced off by the revision', async () => {
  const stored = line.nothingAfter(sent => sent.includes('"state":{"state":"overlaid"'))
  const id = await create()
  await stored
  const first = host.runner
  host.startRunner({ DARTS_NATS_URL: host.nats.url })
  await host.until(id, 'ready')
  line.release()
  expect(await violations({ settings: host.settings, nc: host.nats.bus.nc })).toEqual([])
  first?.kill('SIGTERM')
  expect(await settled(id, true)).toEqual([])
})

test('a store that was wiped is rebuilt from the manifests: desktops run on and can be stopped', async () => {
  const id = await create()
  await host.until(id, 'ready')
  const pid = await host.pidOf(id)
  await host.nats.kill({ signal: 'SIGTERM' })
  await rm(folders(host.settings).nats, { recursive: true })
  await host.nats.again()
  await ensureStreams(host.nats.bus)
  await host.until(id, 'ready')
  expect(await host.pidOf(id)).toBe(pid)
})
