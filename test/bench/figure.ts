/** One measured figure: medians over the rounds of one run, both sides interleaved. Lower is better. */
export type Figure = {
  name: string
  unit: 'ms'
  ours: number
  peer: number
  ratio: number
  rounds: number
  spread: string
  /** The ratio that is promised. */
  goal?: number
}

/** Ratios far below 1 keep their digits. */
const short = (ratio: number) => Number(ratio.toPrecision(3))

/** `pairs` holds one [ours, peer] a round. */
export function figure(name: string, pairs: [ours: number, peer: number][], goal?: number): Figure {
  const ratios = pairs.map(([ours, peer]) => ours / peer)
  return {
    name,
    unit: 'ms',
    ours: Math.round(median(pairs.map(([ours]) => ours))),
    peer: Math.round(median(pairs.map(([, peer]) => peer))),
    ratio: short(median(ratios)),
    rounds: pairs.length,
    spread: `${short(Math.min(...ratios))}–${short(Math.max(...ratios))}`,
    ...(goal !== undefined && { goal }),
  }
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
