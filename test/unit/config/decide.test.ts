import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../config/contract/facts.ts'
import { decide, type Order, type StepFact } from '../../../config/session/decide.ts'
import { evolve } from '../../../config/session/evolve.ts'
import { isOver, type SessionState, stepOf, TAKES } from '../../../config/session/state.ts'

const request = {
  machine: 'plain',
  cpus: 1,
  memory: 1024,
  lifetime: 60,
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-01T00:01:00.000Z',
}
const create: Order = { order: 'create', request }
const place = { order: 'place', host: 'h', start: 'cold' } satisfies Order
const stop: Order = { order: 'end', reason: 'stopped' }
const cleaned: Order = { order: 'cleaned' }
const advance = (...facts: StepFact[]): Order => ({ order: 'advance', facts })
const steps = [
  advance({ fact: 'overlaid' }),
  advance({ fact: 'customized', skipped: true }),
  advance({ fact: 'booted', accel: 'tcg' }),
  advance({ fact: 'ready' }),
]

/** given orders, when one more comes, then these facts. */
function given(...orders: Order[]) {
  const state = orders.reduce<SessionState | undefined>(
    (before, order) => decide(order, before).reduce(evolve, before as SessionState),
    undefined,
  )
  return { state, when: (order: Order) => decide(order, state).map(({ fact }) => fact) }
}

describe('a session', () => {
  test('goes from requested to ready step by step', () => {
    const { state } = given(create, place, ...steps)
    expect(state).toEqual({ state: 'ready', request, host: 'h', start: 'cold' })
  })

  test('that is a copy of a booted machine is booted and ready at once', () => {
    const booted: StepFact = { fact: 'booted', accel: 'tcg', start: 'warm' }
    const { state } = given(create, { ...place, start: 'warm' }, advance(booted, { fact: 'ready' }))
    expect(state).toEqual({ state: 'ready', request, host: 'h', start: 'warm' })
  })

  test('takes of several facts those that follow from its state, and no more', () => {
    const { when } = given(create, place)
    expect(when(advance({ fact: 'overlaid' }, { fact: 'ready' }))).toEqual(['overlaid'])
    expect(when(advance({ fact: 'customized', skipped: true }, { fact: 'overlaid' }))).toEqual([])
  })

  test('is created once', () => {
    expect(given(create).when(create)).toEqual([])
    expect(given(create, place).when(create)).toEqual([])
  })

  test('that is stopped before it is created never starts', () => {
    const { state, when } = given(stop)
    expect(state).toMatchObject({ state: 'ended' })
    expect(when(create)).toEqual([])
  })

  test('that was never placed ends at once; one that was is cleaned first', () => {
    expect(given(create).when(stop)).toEqual(['ended'])
    expect(given(create, place).when(stop)).toEqual(['ending'])
    expect(given(create, place, stop).when(cleaned)).toEqual(['ended'])
  })

  test('that is there already is not touched by a request that is refused', () => {
    const refuse: Order = { order: 'refuse', code: 'machine-unknown', text: 'no' }
    expect(given().when(refuse)).toEqual(['failed'])
    expect(given(create, place, ...steps).when(refuse)).toEqual([])
  })

  test('keeps the first reason of its end', () => {
    const failed = given(create, place, { order: 'fail', code: 'boot-failed' }, stop, cleaned)
    expect(failed.state).toMatchObject({ state: 'failed', outcome: { code: 'boot-failed' } })
  })

  test('ignores a step that comes late', () => {
    expect(given(create, place, stop).when(advance({ fact: 'overlaid' }))).toEqual([])
    expect(given(create, place, ...steps).when(advance({ fact: 'overlaid' }))).toEqual([])
  })
})

const anyOrder = fc.constantFrom<Order>(create, place, stop, cleaned, ...steps, {
  order: 'fail',
  code: 'no-room',
})

test('whatever comes in whatever order, only facts that the state takes are made, and an end is final', () => {
  fc.assert(
    fc.property(fc.array(anyOrder, { maxLength: 30 }), orders => {
      let state: SessionState | undefined
      for (const order of orders) {
        for (const fact of decide(order, state) as Fact[]) {
          if (state) expect(TAKES[state.state]).toContain(fact.fact)
          expect(state && isOver(state)).not.toBe(true)
          state = evolve(state, fact)
        }
      }
    }),
  )
})

test('from any state, stopping and cleaning leads to an end and leaves no step to do', () => {
  fc.assert(
    fc.property(fc.array(anyOrder, { maxLength: 30 }), orders => {
      const { state } = given(...orders, stop, cleaned)
      expect(state && isOver(state)).toBe(true)
      expect(state && stepOf(state)).toBeUndefined()
    }),
  )
})
