import type { CreateRequest } from '../../config/contract/commands.ts'
import { backOff } from '../model/back-off.ts'
import { api } from './api.ts'
import { toProblem } from './problem.ts'
import { pages } from './site.ts'

const TRIES = 4

/**
 * One click: asks for a session and goes to its page. A repeat has the same key, so that an answer lost
 * on its way never makes a second session.
 * @throws Problem
 */
export async function startSession(request: CreateRequest): Promise<void> {
  const key = newKey()
  for (let attempt = 0; ; attempt++) {
    try {
      const { id } = await api.create(request, key)
      location.assign(pages.session(id))
      return
    } catch (thrown) {
      const problem = toProblem(thrown)
      if (!problem.passes || attempt + 1 === TRIES) throw problem
      await new Promise(resolve => setTimeout(resolve, backOff(attempt)))
    }
  }
}

/** Not `crypto.randomUUID`: it is missing where the site is served over plain HTTP. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
