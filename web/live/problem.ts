import type { Problem as ProblemView } from '../../config/contract/api.ts'
import { words } from '../words.ts'

/** Codes of the service, and two for answers that never came or are not ours. */
export type ProblemCode = ProblemView['code'] | 'unreachable' | 'unreadable'

/** A request that did not succeed, with what to tell the user. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly status: number
  readonly text: string
  readonly detail: string | undefined

  constructor(code: ProblemCode, status: number, text: string, detail?: string) {
    super(`${code}: ${text}`)
    this.code = code
    this.status = status
    this.text = text
    this.detail = detail
  }

  /** Worth another try of the very same request. */
  get passes() {
    return this.code === 'unreachable' || PASSING.includes(this.code)
  }
}

const PASSING: readonly ProblemCode[] = ['bus-unavailable', 'function-unavailable', 'timed-out']

export const unreachable = () => new Problem('unreachable', 0, words.problem.unreachable)

export async function problemOf(response: Response): Promise<Problem> {
  try {
    const { code, text, detail } = (await response.json()) as ProblemView
    if (code && text) return new Problem(code, response.status, text, detail)
  } catch {
    // A proxy in between answers with a page of its own.
  }
  if (response.status >= 502) return new Problem('unreachable', response.status, words.problem.unreachable)
  return new Problem('unreadable', response.status, words.problem.unreadable)
}

export function toProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem('unreadable', 0, words.problem.unreadable)
}
