import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Envelope, parseEnvelope } from '../../../config/contract/envelope.ts'
import { subjects } from '../../../config/contract/subjects.ts'
import { type Figure, median } from '../figure.ts'
import { mustBeDesktop, type WarmClick, type WarmSite, warmSite } from './site.ts'

const PICTURE = fileURLToPath(new URL('../click.svg', import.meta.url))

/** Where the milliseconds of a warm click go, with a clone that waits: what the client sees, and what events tell. */
export async function spans(rounds: number): Promise<Figure[]> {
  await using site = await warmSite({ DARTS_POOL_MAX: '1' })
  const taken: Record<string, number[]> = {}
  // The first click of a service also compiles it.
  for (let round = -1; round < rounds; round++) {
    await site.waiting(1)
    const clicked = await site.open()
    mustBeDesktop(clicked)
    const facts = await factsOf(site, clicked.session)
    await site.stop(clicked)
    if (round < 0) continue
    for (const [name, time] of Object.entries(partsOf(clicked, facts))) {
      taken[name] ??= []
      taken[name].push(time)
    }
  }
  const parts = Object.entries(taken).map(([name, times]) => ({ name, time: median(times) }))
  writeFileSync(PICTURE, drawing(parts))
  console.error(parts.map(({ name, time }) => `${name}: ${time.toFixed(1)} ms`).join('\n'))
  return []
}

/** Each part begins where the one before ends. Times of events are whole milliseconds of the same machine. */
function partsOf({ times }: WarmClick, facts: Map<string, Envelope>): Record<string, number> {
  const at = (fact: string) => Date.parse(facts.get(fact)?.time ?? '')
  const clicked = Date.parse(String(facts.get('requested')?.data.createdAt))
  const { goOn = 0, give = 0 } = (facts.get('booted')?.data.spans ?? {}) as Record<string, number>
  const placed = at('placed') - clicked
  const booted = at('booted') - clicked
  return {
    'the request is decided and placed': placed,
    'the step reaches the host': Math.max(0, booted - placed - goOn - give),
    'the guest goes on: clock and user': goOn,
    'the clone becomes the session’s': give,
    'the waiting viewer is bridged and greeted': Math.max(0, times.greeted - booted),
    'the first whole frame': times.frame - times.greeted,
  }
}

async function factsOf({ bus }: WarmSite, session: string): Promise<Map<string, Envelope>> {
  const facts = new Map<string, Envelope>()
  for (const fact of ['requested', 'placed', 'booted']) {
    const query = { last_by_subj: subjects.fact('admin', session, fact) }
    const stored = await bus.jsm.streams.getMessage('EVENTS', query)
    if (stored) facts.set(fact, parseEnvelope(stored.data))
  }
  return facts
}

const ROW = 34
const WIDTH = 760
const LEFT = 300
const COLOURS = ['#0b6472', '#3b8b8f', '#6fb1a0', '#b7a34b', '#c9793f', '#a8483d']

function drawing(parts: { name: string; time: number }[]): string {
  const total = parts.reduce((sum, { time }) => sum + time, 0)
  const scale = (WIDTH - LEFT - 70) / total
  let start = 0
  const bars = parts.map(({ name, time }, row) => {
    const [x, y, width] = [LEFT + start * scale, 20 + row * ROW, Math.max(1, time * scale)]
    start += time
    return `  <text x="${LEFT - 12}" y="${y + 16}" text-anchor="end">${name}</text>
  <rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="22" rx="3" fill="${COLOURS[row % COLOURS.length]}"/>
  <text x="${(x + width + 6).toFixed(1)}" y="${y + 16}">${Math.round(time)} ms</text>`
  })
  const height = 40 + parts.length * ROW
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13" fill="#142126">
  <title>Where the milliseconds of a warm click go</title>
  <rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${bars.join('\n')}
  <text x="${LEFT - 12}" y="${height - 8}" text-anchor="end">together</text>
  <text x="${LEFT}" y="${height - 8}">${Math.round(total)} ms</text>
</svg>
`
}
