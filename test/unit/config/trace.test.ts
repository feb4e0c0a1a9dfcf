import { expect, test } from 'vitest'
import { envelope, parseEnvelope } from '../../../config/contract/envelope.ts'
import { traceparentOf } from '../../../config/contract/trace.ts'
import { parseRecord } from '../../../config/session/record.ts'

const ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const GOOD = `00-${ID}-00f067aa0ba902b7-01`

test('a trace that a caller sends is kept; what is none begins a new one', () => {
  expect(traceparentOf(GOOD)).toBe(GOOD)
  for (const wrong of [
    undefined,
    '',
    GOOD.toUpperCase(),
    `${GOOD}\n`,
    `ff${GOOD.slice(2)}`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${ID}-${'0'.repeat(16)}-01`,
  ]) {
    const made = traceparentOf(wrong)
    expect(made).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    expect(made).not.toContain(ID)
  }
})

test('a message with a wrong trace is read without it', () => {
  const read = (traceparent: string) =>
    parseEnvelope(JSON.stringify(envelope('darts.command.stop.v1', 'test', {}, { traceparent })))
  expect(read(GOOD).traceparent).toBe(GOOD)
  expect(read('$(id)').traceparent).toBeUndefined()
})

test('a record of an older version, which has no trace, is read', () => {
  const old = {
    v: 1,
    id: 'oldoldoldold',
    owner: 'ada',
    n: 1,
    correlationid: 'c',
    state: {
      state: 'requested',
      request: { machine: 'm', cpus: 1, memory: 1, lifetime: 1, createdAt: '', expiresAt: '' },
    },
    pending: [envelope('darts.session.requested.v1', 'placement', {}, { id: 'oldoldoldold.1' })],
  }
  expect(parseRecord(JSON.stringify(old))).toEqual(old)
})
