import { parseArgs } from 'node:util'
import { coldStart } from './cold-start.ts'
import { original } from './original.ts'

/* npm run bench -- [NAME...] [--rounds N] [--json]   Each measures both sides in one run. */
const BENCHES: Record<string, (rounds: number) => Promise<object[]>> = { 'cold-start': coldStart }
/** Only when it is named: it installs Debian packages that DARTS has no use for. Tells the peer's side alone. */
const ON_REQUEST: typeof BENCHES = { original }

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '3' } },
  allowPositionals: true,
})
const figures: object[] = []
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  const bench = BENCHES[name] ?? ON_REQUEST[name]
  if (!bench)
    throw new Error(`there is no bench ${name}: ${Object.keys({ ...BENCHES, ...ON_REQUEST }).join(', ')}`)
  for (const figure of await bench(Number(values.rounds))) {
    figures.push(figure)
    if (values.json) console.log(JSON.stringify(figure))
  }
}
if (!values.json) console.table(figures)
process.exit(0)
