import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SessionRecord } from '../../../config/session/record.ts'
import {
  hasDisplay,
  isOver,
  type SessionState,
  STATE_NAMES,
  type StateName,
} from '../../../config/session/state.ts'
import { type Correction, GIVE_UP_AFTER, type Observed, plan, WARN_AFTER } from '../../../host-runner/plan.ts'

const session = 'abcdefghij'
const process = { pid: 7, startTime: 1 }
const record = (state: StateName, host = 'here', id = session): SessionRecord => ({
  v: 1,
  id,
  owner: 'alice',
  n: 1,
  correlationid: 'c',
  pending: [],
  state: {
    state,
    request: {},
    ...(!['requested', 'ended', 'failed'].includes(state) && { host }),
  } as unknown as SessionState,
})
const nothing: Observed = {
  session,
  processes: [],
  monitored: false,
  silent: 0,
  warned: false,
  busy: false,
  remembered: false,
}
const running = { ...nothing, processes: [process] }
const monitored = { ...running, monitored: true }
const planOf = (records: SessionRecord[], observed: Observed[], isStuck = true) =>
  plan('here', records, observed, () => isStuck)

test.for(['booted', 'ready'] as const)(
  'a %s desktop is adopted when it runs, mourned when it does not',
  state => {
    expect(planOf([record(state)], [running])).toEqual([{ do: 'adopt', session, process }])
    expect(planOf([record(state)], [nothing])).toEqual([{ do: 'mourn', session }])
    expect(planOf([record(state)], [])).toEqual([{ do: 'mourn', session }])
    expect(planOf([record(state)], [monitored])).toEqual([])
  },
)

test.for(['placed', 'overlaid', 'customized', 'ending'] as const)(
  '%s: its step is done when nobody has done it for long',
  state => {
    expect(planOf([record(state)], [running])).toEqual([{ do: 'step', session }])
    expect(planOf([record(state)], [])).toEqual([{ do: 'step', session }])
    expect(planOf([record(state)], [running], false)).toEqual([])
  },
)

test.for(['ended', 'failed'] as const)('what is left of a session that %s is removed', state => {
  expect(planOf([record(state)], [{ ...running, remembered: true }])).toEqual([{ do: 'remove', session }])
  expect(planOf([record(state)], [])).toEqual([])
})

test('what no record knows is removed, unless its manifest tells whose it was', () => {
  expect(planOf([], [nothing])).toEqual([{ do: 'remove', session }])
  expect(planOf([], [{ ...nothing, remembered: true }])).toEqual([{ do: 'rebuild', session }])
})

test('a second QEMU of a session is killed, the first is kept', () => {
  const second = { pid: 8, startTime: 2 }
  expect(planOf([record('ready')], [{ ...monitored, processes: [process, second] }])).toEqual([
    { do: 'kill', session, process: second },
  ])
})

test('silence is told once, ends the session when it lasts, and its end is told', () => {
  const silent = { ...monitored, silent: WARN_AFTER + 1 }
  expect(planOf([record('ready')], [silent])).toEqual([{ do: 'warn', session }])
  expect(planOf([record('ready')], [{ ...silent, warned: true }])).toEqual([])
  expect(planOf([record('ready')], [{ ...silent, warned: true, silent: GIVE_UP_AFTER + 1 }])).toEqual([
    { do: 'give-up', session },
  ])
  expect(planOf([record('ready')], [{ ...monitored, warned: true }])).toEqual([{ do: 'recover', session }])
})

test('a session at work is left alone', () => {
  for (const state of STATE_NAMES) expect(planOf([record(state)], [{ ...running, busy: true }])).toEqual([])
})

test('the sessions of another host are not ours to start, to mourn or to remove', () => {
  expect(planOf([record('ready', 'elsewhere')], [])).toEqual([])
  expect(planOf([record('ready', 'elsewhere')], [running])).toEqual([])
})

/* What a host would become by a correction. Steps do what the state machine says; nothing fails. */
const NEXT: Partial<Record<StateName, StateName>> = {
  placed: 'overlaid',
  overlaid: 'customized',
  customized: 'ready',
  ending: 'ended',
}
type World = { records: Map<string, SessionRecord>; found: Map<string, Observed> }

function correct({ records, found }: World, correction: Correction): void {
  const { session: id } = correction
  const one = found.get(id) ?? { ...nothing, session: id }
  const become = (state: StateName) => records.set(id, record(state, 'here', id))
  switch (correction.do) {
    case 'adopt':
      found.set(id, { ...one, monitored: true })
      return
    case 'step': {
      const next = NEXT[records.get(id)?.state.state ?? 'ended'] ?? 'ended'
      become(next)
      if (next === 'ended') found.delete(id)
      else if (next === 'ready') found.set(id, { ...one, processes: [process], monitored: true, silent: 0 })
      else found.set(id, one)
      return
    }
    case 'mourn':
    case 'give-up':
      become('ending')
      return
    case 'warn':
    case 'recover':
      found.set(id, { ...one, warned: correction.do === 'warn' })
      return
    case 'rebuild':
      become(one.processes.length > 0 ? 'ready' : 'placed')
      return
    case 'kill':
      found.set(id, { ...one, processes: one.processes.filter(({ pid }) => pid !== correction.process.pid) })
      return
    case 'remove':
      found.delete(id)
  }
}

test('from any mixture of records and findings the invariants are reached, and then nothing is done', () => {
  const ids = ['aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc', 'dddddddddd']
  const processes = fc.uniqueArray(
    fc.record({ pid: fc.integer({ min: 2, max: 9 }), startTime: fc.constant(1) }),
    {
      maxLength: 3,
      selector: ({ pid }) => pid,
    },
  )
  const finding = fc.record({
    processes,
    monitored: fc.boolean(),
    silent: fc.constantFrom(0, WARN_AFTER + 1, GIVE_UP_AFTER + 1),
    warned: fc.boolean(),
    busy: fc.constant(false),
    remembered: fc.boolean(),
  })
  const of = <T>(value: fc.Arbitrary<T>) => fc.tuple(...ids.map(() => fc.option(value)))
  const states = fc.tuple(fc.constantFrom(...STATE_NAMES), fc.constantFrom('here', 'elsewhere'))
  fc.assert(
    fc.property(of(states), of(finding), (given, seen) => {
      const world: World = { records: new Map(), found: new Map() }
      ids.forEach((id, i) => {
        const [state, one] = [given[i], seen[i]]
        if (state) world.records.set(id, record(...state, id))
        // Who holds a control connection has a process behind it.
        if (one)
          world.found.set(id, { ...one, session: id, monitored: one.monitored && one.processes.length > 0 })
      })
      const now = () => plan('here', [...world.records.values()], [...world.found.values()], () => true)
      for (let round = 0; round < 8; round++) for (const correction of now()) correct(world, correction)
      expect(now()).toEqual([])
      for (const { session: id, processes, monitored } of world.found.values()) {
        const state = world.records.get(id)?.state
        expect(state && !isOver(state)).toBe(true)
        expect(processes.length).toBeLessThanOrEqual(1)
        if (state && 'host' in state && state.host === 'here')
          expect([hasDisplay(state), monitored]).toEqual([true, true])
      }
      for (const { id, state } of world.records.values())
        if ('host' in state && state.host === 'here') expect(world.found.get(id)?.monitored).toBe(true)
    }),
  )
})
