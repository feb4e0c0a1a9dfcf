import type { Change } from './display-probe.ts'
import { CHOSEN, ENCODINGS } from './encodings.ts'
import { type Figure, figure, median, percentile } from './figure.ts'

export type Path = 'slow' | 'direct'
/** One encoding in one round; times in milliseconds. */
export type Sample = {
  path: Path
  encoding: string
  photo: number
  text: number
  /** A second, of the photograph that moves. */
  frames: number
  /** The same without the page's nudges, of the chosen encoding. */
  plainFrames?: number
  bytes: { photo: number; text: number; moving: number }
  /** Of a photograph that stands still after it was shown (looked at on the fast path), and after it has moved. */
  error: { shown?: number; moved: number }
}
/** One round. Keys with and without the page's nudges, moves of the pointer, and keys without a browser. */
export type Taken = Record<'hand' | 'plain' | 'pointer', Record<Path, Change[]>> & { bare: number[] }
export const emptyTaken = (): Taken => ({
  hand: { slow: [], direct: [] },
  plain: { slow: [], direct: [] },
  pointer: { slow: [], direct: [] },
  bare: [],
})

const ms = (name: string) => ({ name, unit: 'ms' })
const took = (changes: Change[]) => changes.map(({ pressed, drawn }) => drawn - pressed)

export function figures(taken: Taken[], samples: Sample[]): Figure[] {
  const pair = (of: 'hand' | 'pointer', value: (times: number[]) => number) =>
    taken.map(one => [value(took(one[of].slow)), value(took(one[of].direct))] as [number, number])
  const p95 = (times: number[]) => percentile(times, 95)
  const found = [
    figure(ms('key → pixel, 50 ms link / direct, median'), pair('hand', median)),
    figure(ms('key → pixel, 50 ms link / direct, p95'), pair('hand', p95)),
    figure(ms('pointer → pixel, 50 ms link / direct, median'), pair('pointer', median)),
    figure(ms('pointer → pixel, 50 ms link / direct, p95'), pair('pointer', p95)),
  ]
  for (const [path, name] of [
    ['slow', '50 ms link'],
    ['direct', 'direct'],
  ] as const)
    found.push(
      figure(
        ms(`key → pixel, ${name}, nudged / not`),
        taken.map(({ hand, plain }) => [median(took(hand[path])), median(took(plain[path]))]),
      ),
    )
  for (const path of ['slow', 'direct'] as const)
    found.push(
      figure(
        ms(`time of a moving frame, ${path === 'slow' ? '50 ms link' : path}, nudged / not`),
        samples
          .filter(sample => sample.path === path)
          .flatMap(({ frames, plainFrames }) => (plainFrames ? [[1000 / frames, 1000 / plainFrames]] : [])),
      ),
    )
  const slow = samples.filter(({ path }) => path === 'slow')
  const of = (name: string) => slow.filter(({ encoding }) => encoding === name)
  for (const { name } of ENCODINGS.filter(({ name }) => name !== CHOSEN))
    for (const scene of ['photo', 'text'] as const)
      found.push(
        figure(
          ms(`${scene}, slow link: ${CHOSEN} / ${name}`),
          of(CHOSEN).map((ours, at) => [ours[scene], of(name)[at]?.[scene] ?? Number.NaN]),
        ),
      )
  return found
}

/** Where the milliseconds of a key go, and what each encoding costs. To the error output: figures may be read by programs. */
export function printTables(taken: Taken[], samples: Sample[]) {
  const parts = (path: Path) => {
    const all = taken.flatMap(({ hand }) => hand[path])
    const part = (value: (change: Change) => number) => Math.round(median(all.map(value)))
    return {
      'key → sent by noVNC': part(({ pressed, sent }) => sent - pressed),
      'sent → answer': part(({ sent, answered }) => answered - sent),
      'answer → pixel': part(({ answered, drawn }) => drawn - answered),
    }
  }
  const bare = Math.round(median(taken.flatMap(({ bare }) => bare)))
  const table = [
    { path: 'direct', ...parts('direct') },
    { path: '50 ms link', ...parts('slow') },
    { path: 'no browser', 'sent → answer': bare },
  ]
  const encodings = ENCODINGS.map(({ name }) => {
    const of = (path: Path, value: (sample: Sample) => number) =>
      median(samples.filter(s => s.encoding === name && s.path === path).map(value))
    const errors = samples.filter(s => s.encoding === name).map(({ error }) => error)
    return {
      encoding: name,
      'photo ms': Math.round(of('slow', s => s.photo)),
      'direct ms': Math.round(of('direct', s => s.photo)),
      'photo kB': Math.round(of('slow', s => s.bytes.photo) / 1000),
      'text ms': Math.round(of('slow', s => s.text)),
      'text direct ms': Math.round(of('direct', s => s.text)),
      'text kB': Math.round(of('slow', s => s.bytes.text) / 1000),
      'moving frames/s': Number(of('slow', s => s.frames).toFixed(1)),
      'moving direct frames/s': Number(of('direct', s => s.frames).toFixed(1)),
      'error shown': Math.max(...errors.map(({ shown = 0 }) => shown)),
      'error moved': Math.max(...errors.map(({ moved }) => moved)),
      'moving kB/s': Math.round(of('slow', s => s.bytes.moving) / 1000),
    }
  })
  const { table: print } = new console.Console(process.stderr)
  print(table)
  print(encodings)
}
