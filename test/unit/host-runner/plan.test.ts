import { expect, test } from 'vitest'
import type { SessionRecord } from '../../../config/session/record.ts'
import type { SessionState, StateName } from '../../../config/session/state.ts'
import { plan } from '../../../host-runner/plan.ts'

const session = 'abcdefghij'
const record = (state: StateName, host = 'here'): SessionRecord => ({
  v: 1,
  id: session,
  owner: 'alice',
  n: 1,
  correlationid: 'c',
  pending: [],
  state: { state, host, request: {} } as unknown as SessionState,
})
const running = [{ session, running: true }]
const stopped = [{ session, running: false }]

test.for(['booted', 'ready'] as const)(
  'a %s desktop that runs is adopted, one that does not is mourned',
  state => {
    expect(plan('here', [record(state)], running)).toEqual([{ do: 'adopt', session }])
    expect(plan('here', [record(state)], stopped)).toEqual([{ do: 'mourn', session }])
    expect(plan('here', [record(state)], [])).toEqual([{ do: 'mourn', session }])
  },
)

test.for(['placed', 'overlaid', 'customized', 'ending'] as const)('%s: its step is done', state => {
  expect(plan('here', [record(state)], stopped)).toEqual([{ do: 'step', session }])
  expect(plan('here', [record(state)], running)).toEqual([{ do: 'step', session }])
})

test.for(['ended', 'failed'] as const)('what is left of a session that %s is removed', state => {
  expect(plan('here', [record(state)], running)).toEqual([{ do: 'remove', session }])
  expect(plan('here', [record(state)], [])).toEqual([])
})

test('what no record knows is removed', () => {
  expect(plan('here', [], stopped)).toEqual([{ do: 'remove', session }])
})

test('the sessions of another host are not ours to start or to mourn', () => {
  expect(plan('here', [record('ready', 'elsewhere')], [])).toEqual([])
})

test('a session that is not placed yet needs nothing', () => {
  expect(
    plan('here', [{ ...record('requested'), state: { state: 'requested' } as SessionState }], []),
  ).toEqual([])
})
