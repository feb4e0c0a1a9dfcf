import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { parseEnvelope } from '../../../config/contract/envelope.ts'
import { FACTS, type Fact, type FactName } from '../../../config/contract/facts.ts'
import { HostView } from '../../../config/host-view.ts'
import { decide } from '../../../config/session/decide.ts'
import { evolve } from '../../../config/session/evolve.ts'
import { parseRecord, viewOf } from '../../../config/session/record.ts'
import { mayShow, type SessionState, stepOf } from '../../../config/session/state.ts'

/* What earlier versions wrote, recorded when they were the newest: `first` knows neither templates, nor how a session
 * starts, nor what a start spent its time on. A change of a schema adds a folder; it never changes one. */
const read = (file: string) => readFileSync(new URL(`../../fixtures/stored/${file}`, import.meta.url), 'utf8')
const lines = (file: string) => read(file).trim().split('\n')

const toFact = (line: string): Fact => {
  const { type, data } = parseEnvelope(line)
  const fact = type.split('.')[2] as FactName
  return { fact, ...v.parse(FACTS[fact], data) } as Fact
}

describe.each([
  { version: 'first', start: 'cold' },
  { version: 'warm-starts', start: 'warm' },
] as const)('what the version $version stored', ({ version, start }) => {
  const records = lines(`${version}/records.jsonl`).map(parseRecord)
  const facts = lines(`${version}/events.jsonl`).map(toFact)

  test('is a record of each state, and each asks for the step that its facts ask for', () => {
    let state: SessionState | undefined
    const states = facts.map(fact => {
      state = evolve(state, fact)
      return state
    })
    expect(records.map(({ state: { state: name } }) => name)).toEqual(states.map(({ state: name }) => name))
    expect(records.map(record => stepOf(record.state))).toEqual(states.map(stepOf))
  })

  test('goes on from where it was', () => {
    for (const { state } of records.filter(record => mayShow(record.state.state))) {
      const [next] = decide({ order: 'end', reason: 'stopped' }, state)
      expect(next?.fact).toBe(state.state === 'requested' ? 'ended' : 'ending')
    }
    const placed = records.find(({ state }) => state.state === 'placed')?.state
    const booted = decide({ order: 'advance', facts: [{ fact: 'booted', accel: 'tcg', start }] }, placed)
    expect(evolve(placed, booted[0] as Fact)).toMatchObject({ state: 'booted', host: 'lab1', start })
  })

  test('is shown to its user', () => {
    const views = records.map(viewOf)
    expect(views.every(({ machine, owner }) => machine === 'starter' && owner === 'ada')).toBe(true)
    expect(views.at(-1)).toMatchObject({ state: 'ended', reason: 'stopped' })
  })

  test('is a host that sessions can be placed on', () => {
    const host = v.parse(HostView, JSON.parse(read(`${version}/host.json`)))
    expect(host).toMatchObject({ host: 'lab1', machines: { starter: { state: 'ready' } } })
    expect(host.templates.map(({ name }) => name)).toEqual(start === 'warm' ? ['starter-2x2048'] : [])
  })
})

test.each([
  ['a later version', JSON.stringify({ ...JSON.parse(lines('first/records.jsonl')[0] ?? ''), v: 2 })],
  ['no record', '{}'],
  ['no JSON', 'x'],
])('a record that is %s is said to be unreadable', (_, text) => {
  expect(() => parseRecord(text)).toThrow(expect.objectContaining({ code: 'unreadable', retry: false }))
})
