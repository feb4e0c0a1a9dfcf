import { type Figure, figure } from '../figure.ts'
import { startViewers, type Viewers } from './programs.ts'
import { type Site, startSite } from './site.ts'
import { memory } from './usage.ts'

/** Those before are not counted: what a process needs once is no viewer's. */
const BEFORE = 50
/** A process each needs fewer of them for the same figure, and seconds for each dozen. */
const COUNT = { gateway: 200, websockify: 40 }
/** Each has seen a whole frame of 1024 × 768 before it is idle. */
const FRAME = 1024 * 768 * 4

/** Growth of memory by each more viewer that looks at a display on which nothing moves. */
export async function idleViewers(rounds: number): Promise<Figure[]> {
  const pairs: [number, number][] = []
  for (let round = 0; round < rounds; round++) {
    const site = await startSite()
    const viewers = startViewers()
    try {
      const ours = await growth(viewers, site.gateway, BEFORE, COUNT.gateway)
      const peer = await growth(viewers, site.websockify, 1, COUNT.websockify)
      pairs.push([ours, peer])
    } finally {
      await viewers.stop()
      await site.stop()
    }
  }
  return [figure({ name: 'memory of an idle viewer ÷ websockify', unit: 'KiB', goal: '<= 0.01' }, pairs)]
}

async function growth(
  viewers: Viewers,
  { pid, addresses }: Site['gateway'],
  first: number,
  count: number,
): Promise<number> {
  const look = async (more: number) =>
    viewers.tell({ order: 'open', addresses: await addresses(more), read: FRAME })
  await look(first)
  const before = memory(pid)
  await look(count)
  const after = memory(pid)
  await viewers.tell({ order: 'close' })
  return (after - before) / count
}
