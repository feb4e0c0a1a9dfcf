import { agentOf } from '../../harness/agent-of.ts'
import { inGuest } from '../../harness/guest-shell.ts'
import { type Figure, figure } from '../figure.ts'
import { answersKey } from './answers-key.ts'
import { bareScript } from './bare.ts'
import { mustBeDesktop, type WarmClick, type WarmSite, warmSite } from './site.ts'

const KEY_WITHIN = 10_000

/**
 * Warm click (the POST) → first whole frame at a websocket client, behind the identity gate, with a clone that waits
 * and without, against the bare restore of the same template. Each clone's identity and keyboard are looked at.
 */
export async function warmClick(rounds: number): Promise<Figure[]> {
  await using pooled = await warmSite({ DARTS_POOL_MAX: '1' })
  await using alone = await warmSite({ DARTS_POOL_MAX: '0' })
  const bare = await bareScript()
  const known = new Set<string>()
  const [waiting, spawned]: [number, number][][] = [[], []]
  for (let round = 0; round < rounds; round++) {
    await pooled.waiting(1)
    const byHand = await bare.restore()
    await byHand.stop()
    const cold = await checked(alone, known)
    await pooled.waiting(1)
    const warm = await checked(pooled, known)
    spawned?.push([cold, byHand.milliseconds])
    waiting?.push([warm, byHand.milliseconds])
  }
  return [
    figure({ name: 'warm click → first frame ÷ bare restore', unit: 'ms', goal: '<= 1.5' }, spawned ?? []),
    figure(
      { name: 'the same with a clone that waits ÷ bare restore', unit: 'ms', goal: '<= 0.5' },
      waiting ?? [],
    ),
  ]
}

async function checked(site: WarmSite, known: Set<string>): Promise<number> {
  const clicked = await site.open()
  try {
    mustBeDesktop(clicked)
    await mustBeItself(site, clicked, known)
    if ((await answersKey(clicked.rfb, KEY_WITHIN)) === undefined)
      throw new Error('a key press changed nothing')
    return clicked.times.frame
  } finally {
    await site.stop(clicked)
  }
}

async function mustBeItself(site: WarmSite, { session }: WarmClick, known: Set<string>): Promise<void> {
  const script =
    'cat /etc/machine-id /proc/sys/kernel/hostname /etc/ssh/ssh_host_ed25519_key.pub /sys/class/net/eth0/address'
  for (const fact of (await inGuest(agentOf(site.darts.settings, session), script)).split('\n')) {
    if (known.has(fact)) throw new Error(`two clones share ${fact}`)
    known.add(fact)
  }
}
