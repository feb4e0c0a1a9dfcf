import { expect, test } from 'vitest'
import { lifetime, memory, moment, span, stopwatch } from '../../../web/model/format.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

test('a life-time is told in the largest unit that divides it', () => {
  expect([3600, 43_200, 86_400, 172_800, 5400].map(lifetime)).toEqual([
    '1 hour',
    '12 hours',
    '1 day',
    '2 days',
    '90 minutes',
  ])
})

test('memory is told in GB from 1024 MiB on', () => {
  expect([512, 1024, 1536, 16_384].map(memory)).toEqual(['512 MB', '1 GB', '1.5 GB', '16 GB'])
})

test('time left has at most two parts, seconds only at its end', () => {
  const left = [26 * HOUR, 12 * HOUR, 11 * HOUR + 42 * MINUTE + 59_000, 9.9 * MINUTE, 110_000, 45_000]
  expect(left.map(time => span(time))).toEqual(['1d 2h', '12h', '11h 42m', '9m', '1m 50s', '45s'])
  expect(span(9.9 * MINUTE, 'long')).toBe('9 minutes')
})

test('time that is over is never negative', () => {
  expect(span(-5000)).toBe('0s')
  expect(stopwatch(-5000)).toBe('0:00')
})

test('a stopwatch counts minutes and seconds', () => {
  expect([7000, 72_000, 3_600_000].map(stopwatch)).toEqual(['0:07', '1:12', '60:00'])
})

test('the past is told the more roughly the longer ago it is', () => {
  const now = new Date(2026, 0, 5, 18, 0).getTime()
  const ago = (time: number) => moment(new Date(now - time).toISOString(), now)
  expect(ago(5000)).toBe('just now')
  expect(ago(5 * MINUTE)).toBe('5 minutes ago')
  expect(ago(9 * HOUR)).toBe('today at 09:00')
  expect(ago(33 * HOUR)).toBe('4 Jan, 09:00')
})
