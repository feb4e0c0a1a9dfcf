import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Figure } from './figure.ts'

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const FIGURES = path('report.json')
const REPORT = path('REPORT.md')

type Told = Figure & { bench: string; date: string }

/** Writes what was measured into REPORT.md; figures of benches that were not run this time stay as they were. */
export function writeReport(bench: string, figures: Figure[]): void {
  const date = new Date().toISOString().slice(0, 10)
  const others = known().filter(figure => figure.bench !== bench)
  const all = [...others, ...figures.map(figure => ({ ...figure, bench, date }))]
  writeFileSync(FIGURES, `${JSON.stringify(all, undefined, 1)}\n`)
  writeFileSync(REPORT, reportOf(all))
}

function known(): Told[] {
  try {
    return JSON.parse(readFileSync(FIGURES, 'utf8'))
  } catch {
    return []
  }
}

function reportOf(all: Told[]): string {
  const rows = all.map(
    ({ bench, name, unit, ours, peer, ratio, goal = '', met, rounds, spread }) =>
      `| ${bench} | ${name} | ${ours} | ${peer} | ${unit} | **${ratio}** | ${spread} | ${rounds} | ${goal} | ${goal && (met ? 'yes' : 'no')} |`,
  )
  return `# Benchmarks

Written by \`npm run bench\`: both sides are measured in one run, the ratio is the median of its rounds. Last machine: ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, without KVM unless said.

| bench | figure | ours | peer | unit | ratio | lowest–highest | rounds | goal | met |
|---|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}

![Where the milliseconds of a warm click go](click.svg)

The picture is of \`npm run bench -- spans\`: medians of the same clicks, from the POST on.
`
}
