/** One measured figure: medians over the rounds of one run, both sides interleaved. Lower is better. */
export type Figure = {
  name: string
  unit: 'ms'
  ours: number
  peer: number
  ratio: number
  rounds: number
  spread: string
}

/** `pairs` holds one [ours, peer] a round. */
export function figure(name: string, pairs: [ours: number, peer: number][]): Figure {
  const ratios = pairs.map(([ours, peer]) => ours / peer)
  return {
    name,
    unit: 'ms',
    ours: Math.round(median(pairs.map(([ours]) => ours))),
    peer: Math.round(median(pairs.map(([, peer]) => peer))),
    ratio: Number(median(ratios).toFixed(3)),
    rounds: pairs.length,
    spread: `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
  }
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

export function percentile(values: number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN
}
