import { mkdtempSync } from 'node:fs'
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
      const peer = await byHand(ours.session)
      first.push([ours.first, peer.first])
      drawn.push([ours.drawn, peer.drawn])
      await darts.api(`/api/sessions/${ours.session}`, { method: 'DELETE' })
      await until(darts, ours.session, 'ended')
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
  return { session: id, ...(await watch(rfb, start)) }
}

async function byHand(session: string) {
  const qemu = await findByUuid(uuidOf(session))
  if (!qemu) throw new Error(`session ${session} has no QEMU`)
  process.kill(qemu.pid, 'SIGSTOP')
  const start = performance.now()
  const hand = await startByHand(qemu.pid, session, mkdtempSync(join(tmpdir(), 'dh-')))
  try {
    return await watch(hand.rfb, start)
  } finally {
    await hand.stop()
    process.kill(qemu.pid, 'SIGCONT')
  }
}
