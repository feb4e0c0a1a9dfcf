import { parseArgs } from 'node:util'
import { randomRun } from './random/run.ts'

/* npm run test:faults -- --seed 7 --minutes 10: the same choices for the same seed; when each falls is the machine's. */
const { values } = parseArgs({ options: { seed: { type: 'string' }, minutes: { type: 'string' } } })
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
const minutes = Number(values.minutes ?? 10)
const began = Date.now()
const say = (line: string) => console.log(`${((Date.now() - began) / 1000).toFixed(1)} s  ${line}`)

console.log(`seed ${seed}, ${minutes} minutes`)
const broken = await randomRun(seed, minutes * 60_000, say)
for (const one of broken) console.error(one)
console.log(
  broken.length === 0 ? `seed ${seed}: every invariant holds` : `seed ${seed}: ${broken.length} are broken`,
)
process.exit(broken.length === 0 ? 0 : 1)
