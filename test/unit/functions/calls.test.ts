import { expect, test } from 'vitest'
import { calls } from '../../../functions/runtime/calls.ts'
import type { Report } from '../../../functions/runtime/reports.ts'

function recorded(timeLimit: number, concurrency: number) {
  const reports: Report[] = []
  return { call: calls({ timeLimit, concurrency }, report => reports.push(report)), reports }
}
const never = () => new Promise<never>(() => {})

test('a call is told when it begins and when it ends, with its duration', async () => {
  const { call, reports } = recorded(1, 1)
  expect(await call(async () => 7)).toBe(7)
  expect(reports).toMatchObject([
    { report: 'began', call: 1 },
    { report: 'ended', call: 1, milliseconds: expect.any(Number) },
  ])
})

test('a call above the time limit fails with timed-out, and its signal is aborted', async () => {
  const { call, reports } = recorded(0.01, 1)
  let seen: AbortSignal | undefined
  await expect(
    call(signal => {
      seen = signal
      return never()
    }),
  ).rejects.toMatchObject({ code: 'timed-out' })
  expect(seen?.aborted).toBe(true)
  expect(reports.at(-1)).toMatchObject({ failure: expect.stringContaining('timed-out') })
})

test('calls above the concurrency are refused, and a place is free again after each', async () => {
  const { call } = recorded(5, 1)
  const first = Promise.withResolvers<void>()
  const running = call(() => first.promise, { refuse: true })
  await expect(call(async () => {}, { refuse: true })).rejects.toMatchObject({ code: 'function-unavailable' })
  first.resolve()
  await running
  await expect(call(async () => 'again')).resolves.toBe('again')
})

test("a caller's own mistake is not the function's failure", async () => {
  const { DartsError } = await import('../../../config/errors.ts')
  const { call, reports } = recorded(1, 1)
  await expect(call(() => Promise.reject(new DartsError('bad-request')))).rejects.toThrow()
  expect(reports.at(-1)).not.toHaveProperty('failure')
})
