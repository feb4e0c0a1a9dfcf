import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backOff } from '../../../web/model/back-off.ts'

test('waits double from a quarter of a second to five seconds', () => {
  expect([0, 1, 2, 3, 4, 5, 100].map(attempt => backOff(attempt, 0))).toEqual([
    250, 500, 1000, 2000, 4000, 5000, 5000,
  ])
})

test('chance takes at most a quarter off', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      expect(backOff(attempt, random)).toBeGreaterThanOrEqual(backOff(attempt, 0) * 0.75)
      expect(backOff(attempt, random)).toBeLessThanOrEqual(backOff(attempt, 0))
    }),
  )
})
