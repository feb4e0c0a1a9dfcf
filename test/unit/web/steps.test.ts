import { expect, test } from 'vitest'
import type { Fact } from '../../../config/contract/facts.ts'
import { apply, fromView, type SessionModel } from '../../../web/model/session.ts'
import { failedStep, runningStep, stepsOf } from '../../../web/model/steps.ts'

const start = fromView({
  id: 'abcdefghij',
  owner: 'ada',
  state: 'requested',
  createdAt: '1970-01-01T00:00:00.000Z',
})
const tell = (facts: [Fact, number][], from: SessionModel = start) =>
  facts.reduce((model, [fact, seconds]) => apply(model, fact, seconds * 1000), from)
const toOverlaid: [Fact, number][] = [
  [{ fact: 'placed', host: 'h' }, 1],
  [{ fact: 'overlaid' }, 3],
]
const states = (model: SessionModel) => stepsOf(model, 10_000).map(({ state }) => state)

test('exactly one step runs while a session starts, after those done and before those to do', () => {
  expect(states(start)).toEqual(['running', 'todo', 'todo', 'todo', 'todo'])
  expect(states(tell(toOverlaid))).toEqual(['done', 'done', 'running', 'todo', 'todo'])
})

test('a step that is done took from its first fact to its last', () => {
  expect(stepsOf(tell(toOverlaid), 10_000)[1]).toMatchObject({ name: 'copy', took: 2000 })
})

test('the running step counts up and shows its progress', () => {
  const fact = { fact: 'progressed', step: 'customize', percent: 62, text: 'Script' } as const
  const model = apply(tell(toOverlaid), fact, 4000)
  expect(runningStep(stepsOf(model, 10_000))).toMatchObject({ took: 7000, percent: 62, text: 'Script' })
})

test('personalising that was not needed says so', () => {
  const model = tell([...toOverlaid, [{ fact: 'customized', skipped: true }, 4]])
  expect(stepsOf(model, 10_000)[2]?.state).toBe('skipped')
})

test('a failed session shows the step at which it stopped, and none running', () => {
  const model = tell([...toOverlaid, [{ fact: 'failed', code: 'customize-failed', text: '' }, 5]])
  expect(failedStep(stepsOf(model, 10_000))?.name).toBe('personalise')
  expect(runningStep(stepsOf(model, 10_000))).toBeUndefined()
})

test('a copy of a booted machine only wakes; one that does not wake boots after all', () => {
  const warm = tell([[{ fact: 'placed', host: 'h', start: 'warm' }, 1]])
  expect(stepsOf(warm, 10_000).map(({ name, state }) => [name, state])).toEqual([
    ['place', 'done'],
    ['wake', 'running'],
  ])
  const cold = tell([[{ fact: 'overlaid' }, 2]], warm)
  expect(states(cold)).toEqual(['done', 'done', 'running', 'todo', 'todo'])
})

test('a ready session has every step done', () => {
  const model = fromView({ id: 'abcdefghij', owner: 'ada', state: 'ready' })
  expect(new Set(states(model))).toEqual(new Set(['done']))
})
