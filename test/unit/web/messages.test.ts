import { expect, test } from 'vitest'
import { envelope } from '../../../config/contract/envelope.ts'
import { factType, HOST_PROGRESSED } from '../../../config/contract/facts.ts'
import { hasFailed, isSettingUp, tellStep } from '../../../web/model/host.ts'
import { readMessage } from '../../../web/model/message.ts'

const time = new Date('2026-01-01T10:00:00Z')
const read = (type: string, data: Record<string, unknown>, subject?: string) =>
  readMessage(JSON.stringify(envelope(type, 'host/h', data, { time, ...(subject && { subject }) })))

test("a session's fact is read with its session and its time", () => {
  expect(read(factType('placed'), { host: 'h' }, 'abcdefghij')).toEqual({
    about: 'session',
    session: 'abcdefghij',
    time: time.getTime(),
    fact: { fact: 'placed', host: 'h' },
  })
})

const step = { step: 'image', title: 'Build', state: 'running', percent: 10, text: '' } as const

test('the set-up of a host is read with its host', () => {
  expect(read(HOST_PROGRESSED, step)).toEqual({ about: 'host', host: 'host/h', progress: step })
})

test('messages of kinds and versions that are not known are passed over', () => {
  expect(read('darts.session.placed.v2', {}, 'abcdefghij')).toBeUndefined()
  expect(read('darts.something.else.v1', {})).toBeUndefined()
})

test('the last message of a step is its state, at the place of the first', () => {
  const first = tellStep(tellStep([], 'a', step), 'a', { ...step, step: 'probe' })
  const steps = tellStep(first, 'a', { ...step, state: 'done', percent: 100 })
  expect(steps.map(({ step, state }) => [step, state])).toEqual([
    ['image', 'done'],
    ['probe', 'running'],
  ])
})

test('equal steps of two hosts are two steps', () => {
  expect(tellStep(tellStep([], 'a', step), 'b', step)).toHaveLength(2)
})

test('a host is being set up until every step is done', () => {
  expect(isSettingUp(tellStep([], 'a', step))).toBe(true)
  expect(isSettingUp(tellStep([], 'a', { ...step, state: 'done' }))).toBe(false)
  expect(hasFailed(tellStep([], 'a', { ...step, state: 'failed' }))).toBe(true)
})
