import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds in which those that were delivered together arrive, and quick ones beside them end. */
const GATHER = 100

export type Suspect = { seq: number; info: { deliveryCount: number } }

/**
 * Runs messages that have ended their process, or were beside one that did, each alone: `before` every one, what the
 * earlier ones said has reached the server. The least delivered go first, and the order turns with each delivery, so
 * that whoever comes behind the culprit this time comes before it the next.
 */
export function oneByOne(before: () => Promise<void>) {
  const waiting: { suspect: Suspect; run: () => Promise<void> }[] = []
  let busy = false

  async function runAll() {
    busy = true
    await sleep(GATHER)
    for (;;) {
      const next = waiting.sort((a, b) => order(a.suspect, b.suspect)).shift()
      if (!next) break
      await before().catch(() => {})
      await next.run()
    }
    busy = false
  }

  return (suspect: Suspect, work: () => Promise<void>) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ suspect, run: () => work().then(resolve, reject) })
      if (!busy) void runAll()
    })
}

export function order(a: Suspect, b: Suspect): number {
  const { deliveryCount } = a.info
  const turned = deliveryCount % 2 === 0 ? -1 : 1
  return deliveryCount - b.info.deliveryCount || turned * (a.seq - b.seq)
}
