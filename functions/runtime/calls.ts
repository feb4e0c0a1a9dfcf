import { DartsError, toDartsError } from '../../config/errors.ts'
import type { Report } from './reports.ts'

export type Limits = { timeLimit: number; concurrency: number }

/** `refuse`: calls above the concurrency fail at once; messages are held back by their consumer instead. */
type Options<T> = { refuse?: boolean; failureOf?: (result: T) => string | undefined }

/**
 * Runs the calls of a function: refuses those above its concurrency, gives up those above its time limit, and
 * tells each one's beginning, end and failure.
 */
export function calls({ timeLimit, concurrency }: Limits, tell: (report: Report) => void) {
  let count = 0
  let running = 0

  return async function call<T>(
    work: (signal: AbortSignal) => Promise<T>,
    { refuse = false, failureOf = () => undefined }: Options<T> = {},
  ): Promise<T> {
    if (refuse && running >= concurrency)
      throw new DartsError('function-unavailable', `${running} calls are running already`)
    const number = ++count
    const start = performance.now()
    const limit = new AbortController()
    let failure: string | undefined
    running++
    tell({ report: 'began', call: number })
    try {
      const result = await within(timeLimit, work(limit.signal), limit)
      failure = failureOf(result)
      return result
    } catch (thrown) {
      const error = toDartsError(thrown)
      if (error.status >= 500) failure = `${error.code}: ${error.message}`
      throw error
    } finally {
      running--
      tell({
        report: 'ended',
        call: number,
        milliseconds: performance.now() - start,
        ...(failure && { failure }),
      })
    }
  }
}

async function within<T>(seconds: number, work: Promise<T>, limit: AbortController): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new DartsError('timed-out', `took longer than its limit of ${seconds} s`)
      limit.abort(error)
      reject(error)
    }, seconds * 1000)
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}
