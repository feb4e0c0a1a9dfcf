import { setTimeout as sleep } from 'node:timers/promises'
import { statFields } from '../processes.ts'

export type Patience = { window: number; calmWindows: number; atMost: number }

/** Milliseconds, and how many windows one after the other must have been calm. */
const LONG: Patience = { window: 2000, calmWindows: 3, atMost: 90_000 }
/** Part of one processor below which a guest counts as calm: a drawn desktop that nobody uses. */
const CALM = 0.15
/** Ticks of /proc/PID/stat a second: the same on every Linux that Debian builds. */
const TICKS = 100

/**
 * Resolves when a guest has been calm for a while, or has had its time. What it still does when it is frozen, every
 * clone would go on doing. Nothing tells that a guest is idle, so its processor time is looked at.
 */
export async function settle(
  pid: number,
  signal: AbortSignal,
  { window, calmWindows, atMost } = LONG,
): Promise<void> {
  const until = performance.now() + atMost
  let calm = 0
  let before = await ticksOf(pid)
  while (calm < calmWindows && performance.now() < until) {
    await sleep(window, undefined, { signal })
    const now = await ticksOf(pid)
    calm = (now - before) / TICKS / (window / 1000) < CALM ? calm + 1 : 0
    before = now
  }
}

/** User and system time. */
async function ticksOf(pid: number): Promise<number> {
  const fields = await statFields(pid)
  return Number(fields[11]) + Number(fields[12])
}
