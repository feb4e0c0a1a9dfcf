import { type Figure, figure } from '../figure.ts'
import type { Address } from './connection.ts'
import { startViewers, type Viewers } from './programs.ts'
import { startSite } from './site.ts'
import { cpuSeconds } from './usage.ts'

const BYTES = 2 ** 30
const WARM_UP = 2 ** 27

/** What one viewer reads of a display that sends as fast as it can, and the CPU time that the bridge takes for it. */
export async function throughput(rounds: number): Promise<Figure[]> {
  const site = await startSite()
  const viewers = startViewers()
  const speed: { websockify: [number, number][]; socket: [number, number][] } = { websockify: [], socket: [] }
  const cpu: [number, number][] = []
  try {
    for (let round = 0; round <= rounds; round++) {
      const bytes = round === 0 ? WARM_UP : BYTES
      const ours = await read(viewers, await site.gateway.addresses(1), bytes, site.gateway.pid)
      const peer = await read(viewers, await site.websockify.addresses(1), bytes, site.websockify.pid)
      const direct = await read(viewers, [site.direct], bytes)
      if (round === 0) continue
      speed.websockify.push([ours.speed, peer.speed])
      speed.socket.push([ours.speed, direct.speed])
      cpu.push([ours.cpu, peer.cpu])
    }
  } finally {
    await viewers.stop()
    await site.stop()
  }
  return [
    figure({ name: 'bridge ÷ websockify', unit: 'MB/s', goal: '>= 1.5' }, speed.websockify),
    figure({ name: 'bridge ÷ unix socket', unit: 'MB/s', goal: '>= 0.45' }, speed.socket),
    figure({ name: 'bridge CPU ÷ websockify', unit: 's/GB', goal: '<= 0.7' }, cpu),
  ]
}

async function read(viewers: Viewers, addresses: Address[], bytes: number, bridge?: number) {
  await viewers.tell({ order: 'open', addresses })
  const before = bridge ? cpuSeconds(bridge) : 0
  const seconds = await viewers.tell({ order: 'read', bytes })
  const cpu = bridge ? cpuSeconds(bridge) - before : 0
  await viewers.tell({ order: 'close' })
  return { speed: bytes / 1e6 / seconds, cpu: cpu / (bytes / 1e9) }
}
