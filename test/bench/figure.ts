/** What a ratio is to be, such as `>= 1.5`. */
export type Goal = `${'>=' | '<='} ${number}`

/** One measured figure: medians over the rounds of one run, both sides interleaved. */
export type Figure = {
  name: string
  unit: string
  ours: number
  peer: number
  /** Median of ours ÷ peer of each round. */
  ratio: number
  goal?: Goal
  met?: boolean
  rounds: number
  /** Lowest and highest ratio of a round. */
  spread: string
}

export type Shape = { name: string; unit: string; goal?: Goal }

/** `pairs` holds one [ours, peer] a round. */
export function figure({ name, unit, goal }: Shape, pairs: [ours: number, peer: number][]): Figure {
  const ratios = pairs.map(([ours, peer]) => ours / peer)
  const ratio = rounded(median(ratios))
  return {
    name,
    unit,
    ours: rounded(median(pairs.map(([ours]) => ours))),
    peer: rounded(median(pairs.map(([, peer]) => peer))),
    ratio,
    ...(goal && { goal, met: meets(ratio, goal) }),
    rounds: pairs.length,
    spread: `${rounded(Math.min(...ratios))}–${rounded(Math.max(...ratios))}`,
  }
}

export function meets(ratio: number, goal: Goal): boolean {
  const [sign, limit] = goal.split(' ')
  return sign === '>=' ? ratio >= Number(limit) : ratio <= Number(limit)
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/** Three digits say what such a measurement can; whole numbers stay whole. */
const rounded = (value: number) => (value >= 100 ? Math.round(value) : Number(value.toPrecision(3)))
export function percentile(values: number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN
}
