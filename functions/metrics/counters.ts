import { Counter, Histogram, Registry } from 'prom-client'
import type { Seen } from './starts.ts'

const BUCKETS = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300]

/** What has happened since this function was started. */
export function countersOf() {
  const registry = new Registry()
  const common = { registers: [registry] }
  const start = new Histogram({
    ...common,
    name: 'darts_session_start_seconds',
    help: 'Time from a request until its session was ready.',
    labelNames: ['start'],
    buckets: BUCKETS,
  })
  const step = new Histogram({
    ...common,
    name: 'darts_session_step_seconds',
    help: 'Time that each step of a start took.',
    labelNames: ['step'],
    buckets: BUCKETS,
  })
  const warm = new Counter({
    ...common,
    name: 'darts_session_warm_starts_total',
    help: 'Sessions that were to start warm: a hit did, a fallback had to boot.',
    labelNames: ['result'],
  })
  const ends = new Counter({
    ...common,
    name: 'darts_session_ends_total',
    help: 'Sessions that are over, with the reason or the error code.',
    labelNames: ['result', 'code'],
  })

  function count(seen: Seen): void {
    if (seen.seen === 'ready') start.observe({ start: seen.start }, seen.seconds)
    if (seen.seen === 'step') step.observe({ step: seen.step }, seen.seconds)
    if (seen.seen === 'warm') warm.inc({ result: seen.result })
    if (seen.seen === 'end') ends.inc({ result: seen.result, code: seen.code })
  }

  return { registry, count }
}
