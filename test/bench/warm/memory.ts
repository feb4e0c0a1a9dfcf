import type { SessionView } from '../../../config/contract/api.ts'
import { folders } from '../../../config/folders.ts'
import { findQemu } from '../../../host-runner/find-qemu.ts'
import { sessionFiles } from '../../../host-runner/session-files.ts'
import { machineReady } from '../../harness/api.ts'
import { type Darts, startDarts } from '../../harness/darts.ts'
import { until } from '../../harness/session-events.ts'
import { memory } from '../bridge/usage.ts'
import { type Figure, figure } from '../figure.ts'
import { warmSite } from './site.ts'

const IDLE = 60_000

/**
 * Memory (PSS) of twenty warm desktops and of twenty cold ones, idle after a minute. `DARTS_BENCH_DESKTOPS` asks for
 * another number: twenty cold ones take a quarter of an hour to boot where there is no KVM.
 */
export async function memoryOfMany(): Promise<Figure[]> {
  const count = Number(process.env.DARTS_BENCH_DESKTOPS ?? 20)
  const room = {
    DARTS_SESSIONS_PER_USER: String(count),
    DARTS_SESSIONS_MAX: String(count),
    DARTS_MEMORY_MAX: String(count * 2048 + 4096),
    DARTS_MEMORY_RESERVE: '0',
  }
  const warm = await (async () => {
    await using site = await warmSite({ ...room, DARTS_POOL_MAX: '0' })
    return measure(site.darts, count)
  })()
  const darts = await startDarts({ ...room, DARTS_WARM: 'off' })
  try {
    await machineReady(darts, 'starter')
    const cold = await measure(darts, count)
    const name = `memory of ${count} warm desktops ÷ ${count} cold ones`
    return [figure({ name, unit: 'MiB', goal: '<= 0.3' }, [[warm, cold]])]
  } finally {
    await darts.stop('SIGINT')
  }
}

/** MiB. */
async function measure(darts: Darts, count: number): Promise<number> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) {
    const created = await darts.api('/api/sessions', { method: 'POST', body: '{"machine":"starter"}' })
    const { id } = (await created.json()) as SessionView
    await until(darts, id, 'ready')
    ids.push(id)
  }
  await new Promise(resolve => setTimeout(resolve, IDLE))
  const all = folders(darts.settings)
  const found = await Promise.all(ids.map(id => findQemu(sessionFiles(all, id))))
  return found.reduce((sum, qemu) => sum + memory(qemu?.pid ?? 0), 0) / 1024
}
