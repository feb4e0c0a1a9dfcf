import { parseArgs } from 'node:util'
import { coldStart } from './cold-start.ts'
import type { Figure } from './figure.ts'
import { remoteFeel } from './remote-feel.ts'

/* npm run bench -- [NAME...] [--rounds N] [--json]   Each measures both sides in one run. */
const BENCHES: Record<string, (rounds: number) => Promise<Figure[]>> = {
  'cold-start': coldStart,
  'remote-feel': remoteFeel,
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '3' } },
  allowPositionals: true,
})
const figures: Figure[] = []
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  const bench = BENCHES[name]
  if (!bench) throw new Error(`there is no bench ${name}: ${Object.keys(BENCHES).join(', ')}`)
  for (const figure of await bench(Number(values.rounds))) {
    figures.push(figure)
    if (values.json) console.log(JSON.stringify(figure))
  }
}
if (!values.json) console.table(figures)
process.exit(0)
