import { type Figure, figure } from '../figure.ts'
import type { Address } from './connection.ts'
import { startViewers, type Viewers } from './programs.ts'
import { startSite } from './site.ts'

const TIMES = 1000
/** Sides change this often within a round, so that a busy moment of the machine meets all of them. */
const TURNS = 4

/** What a bridge adds to the round trip of a pointer event: that through it less that on the display's own socket. */
export async function roundTrip(rounds: number): Promise<Figure[]> {
  const site = await startSite()
  const [ours, peer, direct] = [startViewers(), startViewers(), startViewers()]
  const added: [number, number][] = []
  try {
    await open(ours, await site.gateway.addresses(1))
    await open(peer, await site.websockify.addresses(1))
    await open(direct, [site.direct])
    for (let round = 0; round < rounds; round++) {
      const sums = { ours: 0, peer: 0, direct: 0 }
      for (let turn = 0; turn < TURNS; turn++) {
        sums.direct += await echo(direct)
        sums.ours += await echo(ours)
        sums.peer += await echo(peer)
      }
      added.push([(sums.ours - sums.direct) / TURNS, (sums.peer - sums.direct) / TURNS])
    }
  } finally {
    await Promise.all([ours, peer, direct].map(({ stop }) => stop()))
    await site.stop()
  }
  return [figure({ name: 'added round trip ÷ websockify', unit: 'µs', goal: '<= 0.6' }, added)]
}

/** Opens and warms up. */
async function open(viewers: Viewers, addresses: Address[]): Promise<void> {
  await viewers.tell({ order: 'open', addresses })
  await echo(viewers)
}

const echo = (viewers: Viewers) => viewers.tell({ order: 'echo', times: TIMES / TURNS })
