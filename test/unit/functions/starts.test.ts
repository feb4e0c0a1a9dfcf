import { expect, test } from 'vitest'
import { envelope } from '../../../config/contract/envelope.ts'
import { type FactName, factType } from '../../../config/contract/facts.ts'
import { type Seen, Starts } from '../../../functions/metrics/starts.ts'

/** Facts with the second in which each happened and what it holds. */
function hear(...facts: [FactName, number, Record<string, unknown>?][]): Seen[] {
  const starts = new Starts()
  return facts.flatMap(([fact, second, data = {}]) =>
    starts.hear('s', envelope(factType(fact), 'test', data, { time: new Date(second * 1000) })),
  )
}
const only = <S extends Seen['seen']>(what: S, all: Seen[]) => all.filter(({ seen }) => seen === what)

test('each step of a cold start is measured, and the whole of it', () => {
  const seen = hear(
    ['requested', 10],
    ['placed', 11, { start: 'cold' }],
    ['overlaid', 13],
    ['customized', 16],
    ['booted', 20, { start: 'cold' }],
    ['ready', 25],
  )
  expect(only('step', seen)).toMatchObject([
    { step: 'place', seconds: 1 },
    { step: 'create-overlay', seconds: 2 },
    { step: 'customize', seconds: 3 },
    { step: 'boot', seconds: 4 },
    { step: 'ready', seconds: 5 },
  ])
  expect(only('ready', seen)).toEqual([{ seen: 'ready', start: 'cold', seconds: 15 }])
  expect(only('warm', seen)).toEqual([])
})

test('a warm start that is one is a hit; one that has to boot is a fallback, and is measured as cold', () => {
  const hit = hear(
    ['requested', 0],
    ['placed', 0, { start: 'warm' }],
    ['booted', 1, { start: 'warm' }],
    ['ready', 1],
  )
  expect(only('warm', hit)).toEqual([{ seen: 'warm', result: 'hit' }])
  expect(only('step', hit)).toMatchObject([{ step: 'place' }, { step: 'restore' }, { step: 'ready' }])
  expect(only('ready', hit)).toMatchObject([{ start: 'warm' }])
  const fallback = hear(
    ['requested', 0],
    ['placed', 0, { start: 'warm' }],
    ['overlaid', 1],
    ['booted', 9],
    ['ready', 9],
  )
  expect(only('warm', fallback)).toEqual([{ seen: 'warm', result: 'fallback' }])
  expect(only('ready', fallback)).toMatchObject([{ start: 'cold' }])
})

test('an end is counted with its reason or code, also of a session whose beginning was not heard', () => {
  expect(hear(['ended', 0, { reason: 'stopped' }])).toEqual([
    { seen: 'end', result: 'ended', code: 'stopped' },
  ])
  expect(hear(['failed', 0, { code: 'no-host' }])).toEqual([
    { seen: 'end', result: 'failed', code: 'no-host' },
  ])
  expect(hear(['overlaid', 0], ['ready', 1])).toEqual([])
})
