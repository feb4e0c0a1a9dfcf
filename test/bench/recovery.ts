import { installTinyMachine, tinyGuest } from '../harness/tiny-guest.ts'
import { TestHost } from '../harness/tiny-guest-runner.ts'
import { type Figure, figure } from './figure.ts'

const MANY = [20, 50]
/** More of them would starve each other while they boot. */
const AT_ONCE = 4

/** A killed runner's next one, from its start until it monitors every desktop again: with many, against with one. */
export async function recovery(rounds: number): Promise<Figure[]> {
  const one = await recovered(1, rounds)
  const figures: Figure[] = []
  for (const count of MANY) {
    const many = await recovered(count, rounds)
    const pairs = many.map((time, round) => [time, one[round] ?? Number.NaN] as [number, number])
    figures.push(
      figure({ name: `a killed runner with ${count} desktops is back ÷ with one`, unit: 'ms' }, pairs),
    )
  }
  return figures
}

async function recovered(count: number, rounds: number): Promise<number[]> {
  const host = await TestHost.make({
    DARTS_SESSIONS_MAX: String(count),
    DARTS_MEMORY_MAX: String(count * 512),
    DARTS_MEMORY_RESERVE: '0',
  })
  await installTinyMachine(host.settings, await tinyGuest())
  host.startRunner()
  const create = () => host.createSession()
  const ids: string[] = []
  const times: number[] = []
  try {
    while (ids.length < count) {
      const some = await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - ids.length) }, create))
      await Promise.all(some.map(id => host.until(id, 'ready')))
      ids.push(...some)
    }
    for (let round = 0; round < rounds; round++) {
      await host.stopRunner('SIGKILL')
      const start = performance.now()
      host.startRunner()
      await Promise.all(ids.map(id => host.logged(id, 'adopted')))
      times.push(performance.now() - start)
    }
  } finally {
    await host.end()
  }
  return times
}
