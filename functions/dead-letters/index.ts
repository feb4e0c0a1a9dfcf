import type { Context, Hono } from 'hono'
import { dropLetter, listLetters, retryLetter } from '../../config/bus/dead-letters.ts'
import { readSeq } from '../../config/contract/dead-letter.ts'
import { DartsError } from '../../config/errors.ts'
import type { FunctionContext } from '../runtime/function.ts'
import { callerOf, httpApp, mustBeAdmin } from '../runtime/http-app.ts'
import { buryUnanswered } from './bury-unanswered.ts'
import { failCreate } from './fail-create.ts'

export const run = buryUnanswered
export const handle = failCreate

export async function http({ bus, log }: FunctionContext): Promise<Hono> {
  const app = httpApp()
  app.use(async (c, next) => {
    mustBeAdmin(callerOf(c))
    await next()
  })

  app.get('/api/dead-letters', async c =>
    c.json(await listLetters(bus, (err, seq) => log.warn({ err, seq }, 'a dead letter is not listed'))),
  )

  app.post('/api/dead-letters/:seq/retry', async c => {
    await retryLetter(bus, seqOf(c))
    return c.body(null, 204)
  })

  app.delete('/api/dead-letters/:seq', async c => {
    await dropLetter(bus, seqOf(c))
    return c.body(null, 204)
  })
  return app
}

/** @throws DartsError `not-found`: what is no number names no letter */
function seqOf(c: Context): number {
  const seq = readSeq(c.req.param('seq') ?? '')
  if (seq === undefined) throw new DartsError('not-found', 'there is no such dead letter')
  return seq
}
