import type { Hono } from 'hono'
import { readSubject } from '../../config/contract/subjects.ts'
import { DartsError } from '../../config/errors.ts'
import type { FunctionContext, Message } from '../runtime/function.ts'
import { httpApp } from '../runtime/http-app.ts'
import { countersOf } from './counters.ts'
import { gaugesOf } from './gauges.ts'
import { Known } from './known.ts'
import { Starts } from './starts.ts'

/*
 *   facts ──▶ starts ──▶ counters, histograms ──┐
 *   buckets ──▶ known ──────────────────────────┼──▶ /metrics
 *   streams and displays, asked when scraped ───┘
 */
const known = new Known()
const starts = new Starts()
const counters = countersOf()

export const run = (context: FunctionContext) => known.follow(context)

/** Every fact of every session, each in its order. */
export async function handle({ subject, envelope }: Message): Promise<void> {
  for (const seen of starts.hear(readSubject(subject).session, envelope)) counters.count(seen)
}

export async function http({ bus }: FunctionContext): Promise<Hono> {
  const app = httpApp()
  app.get('/metrics', async c => {
    // A program on the server itself may look; everybody else has to be an administrator.
    if (c.req.header('darts-local') !== 'yes' && c.req.header('darts-role') !== 'admin')
      throw new DartsError('not-allowed', 'send the token of an administrator')
    const gauges = await gaugesOf(bus, known, Number(c.req.header('darts-viewers') ?? 0))
    const texts = await Promise.all([counters.registry.metrics(), gauges.metrics()])
    return c.body(texts.join('\n'), 200, { 'content-type': gauges.contentType, 'cache-control': 'no-store' })
  })
  return app
}
