import type { Envelope } from '../../config/contract/envelope.ts'
import type { Start } from '../../config/contract/facts.ts'

/** What is learned from one fact. Times in seconds. */
export type Seen =
  | { seen: 'step'; step: string; start: Start; seconds: number }
  | { seen: 'ready'; start: Start; seconds: number }
  | { seen: 'warm'; result: 'hit' | 'fallback' }
  | { seen: 'end'; result: 'ended' | 'failed'; code: string }

/** A session on its way to ready. `wanted` is how placement wanted it to start. */
type Way = { requested: number; last: number; start: Start; wanted?: Start }

/** The fact that ends each step of a start. */
const STEPS = {
  placed: 'place',
  overlaid: 'create-overlay',
  customized: 'customize',
  booted: 'boot',
  ready: 'ready',
} as const
const isStep = (fact: string): fact is keyof typeof STEPS => Object.hasOwn(STEPS, fact)

/** Measures starts by the times of their facts: also of those that are heard late. */
export class Starts {
  readonly #ways = new Map<string, Way>()

  /** A session whose beginning was not heard is not measured; its end counts all the same. */
  hear(session: string, { type, time = '', data }: Envelope): Seen[] {
    const [, kind, fact = ''] = type.split('.')
    if (kind !== 'session') return []
    const at = Date.parse(time)
    if (fact === 'requested') this.#ways.set(session, { requested: at, last: at, start: 'cold' })
    const way = this.#ways.get(session)
    const seen = way && isStep(fact) ? step(way, fact, at, data.start) : []
    if (['ready', 'ending', 'ended', 'failed'].includes(fact)) this.#ways.delete(session)
    if (fact === 'ended') return [...seen, { seen: 'end', result: fact, code: String(data.reason) }]
    if (fact === 'failed') return [...seen, { seen: 'end', result: fact, code: String(data.code) }]
    return seen
  }
}

function step(way: Way, fact: keyof typeof STEPS, at: number, start: unknown): Seen[] {
  const seconds = (at - way.last) / 1000
  way.last = at
  if (fact === 'placed') way.wanted = start === 'warm' ? 'warm' : 'cold'
  if (fact === 'booted') way.start = start === 'warm' ? 'warm' : 'cold'
  const name = fact === 'booted' && way.start === 'warm' ? 'restore' : STEPS[fact]
  const seen: Seen[] = [{ seen: 'step', step: name, start: way.start, seconds }]
  if (fact === 'booted' && way.start === 'warm') seen.push({ seen: 'warm', result: 'hit' })
  if (fact === 'overlaid' && way.wanted === 'warm') seen.push({ seen: 'warm', result: 'fallback' })
  if (fact === 'ready') seen.push({ seen: 'ready', start: way.start, seconds: (at - way.requested) / 1000 })
  return seen
}
