import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SessionView } from '../../config/contract/api.ts'
import { uuidOf } from '../../host-runner/identity.ts'
import { findByUuid } from '../../host-runner/processes.ts'
import { machineReady } from '../harness/api.ts'
import { type Darts, startDarts } from '../harness/darts.ts'
import { until } from '../harness/session-events.ts'
import { openDisplay } from '../harness/viewer.ts'
import { startByHand } from './by-hand.ts'
import { type Figure, figure } from './figure.ts'
import { watch } from './watch.ts'

/** Click (the POST) → first whole frame at a websocket client, and → drawn desktop, against QEMU started by hand. */
export async function coldStart(rounds: number): Promise<Figure[]> {
  const darts = await startDarts({ DARTS_WARM: 'off' })
  await machineReady(darts, 'starter')
  const first: [number, number][] = []
  const drawn: [number, number][] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const ours = await click(darts)
      const peer = await byHand(ours.command, ours.session)
      first.push([ours.first, peer.first])
      drawn.push([ours.drawn, peer.drawn])
    }
  } finally {
    await darts.stop('SIGINT')
  }
  return [
    figure({ name: 'cold click → first frame ÷ the same by hand', unit: 'ms' }, first),
    figure({ name: 'cold click → drawn desktop ÷ the same by hand', unit: 'ms', goal: '<= 1.1' }, drawn),
  ]
}

async function click(darts: Darts) {
  const start = performance.now()
  const body = '{"machine":"starter"}'
  const { id } = (await (await darts.api('/api/sessions', { method: 'POST', body })).json()) as SessionView
  await until(darts, id, 'booted')
  const { rfb } = await openDisplay(darts, id)
  const times = await watch(rfb, start)
  const command = await commandOf(id)
  await darts.api(`/api/sessions/${id}`, { method: 'DELETE' })
  await until(darts, id, 'ended')
  return { session: id, command, ...times }
}

/** The command line of its QEMU. */
async function commandOf(session: string): Promise<string[]> {
  const qemu = await findByUuid(uuidOf(session))
  if (!qemu) throw new Error(`session ${session} has no QEMU`)
  return readFileSync(`/proc/${qemu.pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
}

async function byHand(command: string[], session: string) {
  const start = performance.now()
  const hand = await startByHand(command, session, mkdtempSync(join(tmpdir(), 'dh-')))
  try {
    return await watch(hand.rfb, start)
  } finally {
    await hand.stop()
  }
}
