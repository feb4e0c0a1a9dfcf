import { parseArgs } from 'node:util'
import { idleViewers } from './bridge/idle-viewers.ts'
import { roundTrip } from './bridge/round-trip.ts'
import { throughput } from './bridge/throughput.ts'
import { coldStart } from './cold-start.ts'
import type { Figure } from './figure.ts'
import { original } from './original.ts'
import { publishToHandler } from './publish/publish.ts'
import { recovery } from './recovery.ts'
import { remoteFeel } from './remote-feel.ts'
import { writeReport } from './report.ts'
import { warmClick } from './warm/click.ts'
import { alive, amongTwenty } from './warm/crowd.ts'
import { inBrowser } from './warm/in-browser.ts'
import { memoryOfMany } from './warm/memory.ts'
import { spans } from './warm/spans.ts'

type Bench = { run: (rounds: number) => Promise<Figure[]>; rounds: number }

/* npm run bench -- [NAME...] [--rounds N] [--json]   Each measures both sides in one run. */
const BENCHES: Record<string, Bench> = {
  'cold-start': { run: coldStart, rounds: 3 },
  'bridge-throughput': { run: throughput, rounds: 5 },
  'bridge-round-trip': { run: roundTrip, rounds: 5 },
  'publish-to-handler': { run: publishToHandler, rounds: 5 },
  'idle-viewers': { run: idleViewers, rounds: 3 },
  'warm-click': { run: warmClick, rounds: 5 },
  spans: { run: spans, rounds: 5 },
  'in-browser': { run: inBrowser, rounds: 3 },
  'among-twenty': { run: amongTwenty, rounds: 5 },
  'memory-of-many': { run: memoryOfMany, rounds: 1 },
  alive: { run: alive, rounds: 1 },
  recovery: { run: recovery, rounds: 3 },
  'remote-feel': { run: remoteFeel, rounds: 2 },
}
/** Only when it is named: it installs Debian packages that DARTS has no use for. */
const ON_REQUEST: typeof BENCHES = { original: { run: original, rounds: 3 } }

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string' } },
  allowPositionals: true,
})
const figures: Figure[] = []
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  const bench = BENCHES[name] ?? ON_REQUEST[name]
  if (!bench)
    throw new Error(`there is no bench ${name}: ${Object.keys({ ...BENCHES, ...ON_REQUEST }).join(', ')}`)
  const measured = await bench.run(Number(values.rounds ?? bench.rounds))
  writeReport(name, measured)
  figures.push(...measured)
  if (values.json) for (const figure of measured) console.log(JSON.stringify(figure))
}
if (!values.json) console.table(figures)
process.exit(0)
