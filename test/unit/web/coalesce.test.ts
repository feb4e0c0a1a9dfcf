import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { coalesce } from '../../../web/live/coalesce.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('many calls are few runs: the first at once, one after the last', async () => {
  const run = vi.fn(async () => {})
  const call = coalesce(1000, run)
  for (let n = 0; n < 10; n++) call()
  expect(run).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1000)
  expect(run).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(5000)
  expect(run).toHaveBeenCalledTimes(2)
})

test('a run that takes long is not joined by another', async () => {
  let running = 0
  let most = 0
  const call = coalesce(10, async () => {
    most = Math.max(most, ++running)
    await new Promise(resolve => setTimeout(resolve, 500))
    running--
  })
  call()
  for (let n = 0; n < 20; n++) {
    await vi.advanceTimersByTimeAsync(50)
    call()
  }
  expect(most).toBe(1)
})
