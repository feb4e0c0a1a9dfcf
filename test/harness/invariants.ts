import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Settings } from '../../config/settings.ts'
import { look } from './invariants/look.ts'
import { type Expected, violationsIn } from './invariants/violations.ts'

/*
 * The invariants of the service, looked for on the machine itself: processes, folders, sockets, control groups, and
 * what a plain NATS client reads. The service is not asked.
 *
 *   I1  every acknowledged request ends as ready, as failed with a reason, or as ended, exactly once
 *   I2  at most one QEMU runs for a session
 *   I3  nothing is left of what is over
 *   I4  nobody but the gateway comes to a display
 *   I5  what is not the service's own stays
 *   and each fact is published once, with the id `<session>.<n>`, as the session's key has it
 */
type Place = { settings: Settings; nc: NatsConnection }
export type Invariants = Partial<Expected> & {
  /** Files that are not the service's own. */
  others?: readonly string[]
}

/** What is broken at this moment. */
export async function violations(
  { settings, nc }: Place,
  { acknowledged = [], settled = false, redelivery = false, others = [] }: Invariants = {},
): Promise<string[]> {
  return violationsIn(await look(settings, nc, others), { acknowledged, settled, redelivery })
}

/** What is still broken when nothing has become better for so long; returns at once when nothing is broken. */
export async function brokenWhenSettled(
  place: Place,
  expected: Omit<Invariants, 'settled'> = {},
  milliseconds = 20_000,
): Promise<string[]> {
  const until = Date.now() + milliseconds
  for (;;) {
    const began = Date.now()
    const broken = await violations(place, { ...expected, settled: true })
    if (broken.length === 0 || Date.now() > until) return broken
    // To look takes time from those who are looked at.
    await sleep(200 + Date.now() - began)
  }
}
