import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newSessionId } from '../../config/contract/names.ts'
import { type Step, subjects } from '../../config/contract/subjects.ts'
import { folders } from '../../config/folders.ts'
import { sessionFiles } from '../../host-runner/session-files.ts'
import { brokenWhenSettled, violations } from '../harness/invariants.ts'
import { type Line, openLine } from '../harness/line.ts'
import { appears, spawned } from '../harness/moments.ts'
import { installTinyMachine, tinyGuest } from '../harness/tiny-guest.ts'
import { TestHost } from '../harness/tiny-guest-runner.ts'

/* The runner is killed in each moment of a start and of an end, and the next one finishes what it began. */
let host: TestHost
let line: Line
beforeAll(async () => {
  host = await TestHost.make()
  const guest = await tinyGuest()
  // Ready as soon as its QEMU answers: what a guest does is no matter here.
  await installTinyMachine(host.settings, guest, { ready: [] })
  await installTinyMachine(host.settings, guest, {
    name: 'custom',
    ready: [],
    customize: '#!/bin/sh\necho mine > /etc/personal\n',
  })
  line = await openLine(host.nats.url)
  startRunner()
})
afterAll(async () => {
  await host.end()
  line.close()
})

const startRunner = () => host.startRunner({ DARTS_NATS_URL: line.url })

const place = () => ({ settings: host.settings, nc: host.nats.bus.nc })
const filesOf = (id: string) => sessionFiles(folders(host.settings), id)
/** The runner has sent this, and nothing after it. */
const sent = (subject: string, text = '') =>
  line.nothingAfter(chunk => chunk.includes(`PUB ${subject} `) && chunk.includes(text))
const stored = (id: string, state: string) => sent(`$KV.sessions.${id}`, `"state":{"state":"${state}"`)
const told = (id: string, fact: string) => sent(subjects.fact('alice', id, fact))
const stepSent = (id: string, step: Step) => sent(subjects.step(host.settings.host, id, step))
const acknowledged = () => line.nothingAfter(chunk => chunk.includes('PUB $JS.ACK.STEPS.'))

const START: [string, (id: string) => Promise<unknown>][] = [
  ['before the overlay: its folder is made', id => appears(filesOf(id).folder)],
  ['while the overlay is made', id => appears(`${filesOf(id).overlay}.new`)],
  ['after the overlay, before that is stored', id => appears(filesOf(id).overlay)],
  ['when the overlay is stored, before that is told', id => stored(id, 'overlaid')],
  ['when it is told, before the next step is sent', id => told(id, 'overlaid')],
  ['when the next step is sent, before the last is acknowledged', id => stepSent(id, 'customize')],
  ['when a step is acknowledged', () => acknowledged()],
  ['before the spawn: the folders of its sockets are made', id => appears(filesOf(id).display)],
  ['at the spawn', id => spawned(host.settings, id)],
  ['during the hand-shake with QEMU', id => appears(filesOf(id).qmp)],
  ['when the booted desktop is stored, before that is told', id => stored(id, 'booted')],
  ['when it is told that the desktop is booted', id => told(id, 'booted')],
  ['when the ready desktop is stored, before that is told', id => stored(id, 'ready')],
]

/** Ends the runner in this moment, with what it has not yet sent, and starts another. */
async function killedIn(moment: Promise<unknown>): Promise<void> {
  await moment
  await host.stopRunner('SIGKILL')
  line.cut()
  const broken = await violations(place())
  line.mend()
  startRunner()
  expect(broken).toEqual([])
}

test.each(START)('a runner killed %s: the next one brings the session up, once', async (_, moment) => {
  const id = newSessionId()
  const now = moment(id)
  await host.createSession('tiny', { id })
  await killedIn(now)
  await host.until(id, 'ready')
  expect(await brokenWhenSettled(place(), { acknowledged: [id], redelivery: true })).toEqual([])
  await host.stopSession(id)
  await host.until(id, 'ended')
})

const END: [string, (id: string) => Promise<unknown>][] = [
  ['when its QEMU is gone', id => host.untilGone(id)],
  ['when its end is stored, before that is told', id => stored(id, 'ended')],
]

test.each(END)('a runner killed while a session ends, %s: nothing of it is left', async (_, moment) => {
  const id = await host.createSession()
  await host.until(id, 'ready')
  const now = moment(id)
  await host.stopSession(id)
  await killedIn(now)
  await host.until(id, 'ended')
  expect(await brokenWhenSettled(place(), { acknowledged: [id], redelivery: true })).toEqual([])
})

test('a runner killed while a disk is customized takes libguestfs with it, and the next one begins anew', async () => {
  const id = newSessionId()
  const begun = appears(join(filesOf(id).folder, 'customize'))
  await host.createSession('custom', { id })
  await begun
  await host.untilTrue(async () => (await host.programsOf(id)).some(line => line.includes('guestfs')))
  await host.stopRunner('SIGKILL')
  await host.untilTrue(async () => (await host.programsOf(id)).length === 0)
  startRunner()
  await host.until(id, 'ready')
  expect(await brokenWhenSettled(place(), { acknowledged: [id], redelivery: true })).toEqual([])
  await host.stopSession(id)
  await host.until(id, 'ended')
})

test('a step that a killed runner has not acknowledged comes again, and changes nothing', async () => {
  expect(await brokenWhenSettled(place(), {}, 40_000)).toEqual([])
})
