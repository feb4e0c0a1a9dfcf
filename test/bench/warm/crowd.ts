import { type Figure, figure } from '../figure.ts'
import { answersKey } from './answers-key.ts'
import { type BareClone, bareScript } from './bare.ts'
import { mustBeDesktop, type WarmClick, type WarmSite, warmSite } from './site.ts'

const CROWD = 20
const ANSWER_WITHIN = 2000
/** More than any server of this size holds under emulation; what stops the counting is an unanswered key. */
const MOST = 80

const roomFor = (count: number) => ({
  DARTS_POOL_MAX: '0',
  DARTS_SESSIONS_PER_USER: String(count),
  DARTS_SESSIONS_MAX: String(count),
  DARTS_MEMORY_MAX: String(count * 2048 + 4096),
  DARTS_MEMORY_RESERVE: '0',
})

/** One start while twenty desktops run, against the bare script while twenty of its clones run. */
export async function amongTwenty(rounds: number): Promise<Figure[]> {
  const bare = await bareScript()
  const ours: number[] = []
  const peer: number[] = []
  {
    await using site = await warmSite(roomFor(CROWD + 1))
    await fill(site, CROWD)
    for (let round = 0; round < rounds; round++) {
      const clicked = await site.open()
      mustBeDesktop(clicked)
      ours.push(clicked.times.frame)
      await site.stop(clicked)
    }
  }
  const clones: BareClone[] = []
  try {
    while (clones.length < CROWD) clones.push(await bare.restore())
    for (let round = 0; round < rounds; round++) {
      const clone = await bare.restore()
      peer.push(clone.milliseconds)
      await clone.stop()
    }
  } finally {
    await Promise.all(clones.map(clone => clone.stop()))
  }
  const pairs = ours.map((time, round) => [time, peer[round] ?? Number.NaN] as [number, number])
  const name = `warm click with ${CROWD} desktops running ÷ bare restore with ${CROWD} running`
  return [figure({ name, unit: 'ms', goal: '<= 1.5' }, pairs)]
}

/** Desktops alive at once, each answering a key in time, against as many bare clones. */
export async function alive(): Promise<Figure[]> {
  const bare = await bareScript()
  const clones: BareClone[] = []
  const peer = await count(async () => {
    const clone = await bare.restore()
    clones.push(clone)
    return clone.rfb
  })
  await Promise.all(clones.map(clone => clone.stop()))
  await using site = await warmSite(roomFor(MOST))
  const ours = await count(async () => (await site.open()).rfb)
  return [
    figure({ name: 'desktops alive at once ÷ bare clones', unit: 'desktops', goal: '>= 0.9' }, [
      [ours, peer],
    ]),
  ]
}

/** Five more at a time, until one of all does not answer. */
async function count(start: () => Promise<WarmClick['rfb']>): Promise<number> {
  const all: WarmClick['rfb'][] = []
  while (all.length < MOST) {
    for (let i = 0; i < 5; i++) all.push(await start())
    await new Promise(resolve => setTimeout(resolve, 5000))
    let answered = 0
    for (const rfb of all) if ((await answersKey(rfb, ANSWER_WITHIN)) !== undefined) answered++
    if (answered < all.length) return answered
  }
  return all.length
}

async function fill(site: WarmSite, count: number): Promise<WarmClick[]> {
  const all: WarmClick[] = []
  while (all.length < count) all.push(await site.open())
  for (const { rfb } of all) rfb.close()
  return all
}
