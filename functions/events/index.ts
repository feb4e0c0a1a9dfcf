import type { Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { FUNCTION_CHANGED, SERVICE_CHANGED } from '../../config/contract/services.ts'
import { readSubject, subjects } from '../../config/contract/subjects.ts'
import { findSession } from '../runtime/find-session.ts'
import type { FunctionContext } from '../runtime/function.ts'
import { type Caller, callerOf, httpApp, mustBeAdmin, sessionIdOf } from '../runtime/http-app.ts'
import { type From, replay } from './replay.ts'
import { tellViews } from './tell-views.ts'

const PULSE = 15_000

/** Server-sent events out of the event stream: what happened, then what happens. Nothing is polled. */
export async function http({ bus, store }: FunctionContext): Promise<Hono> {
  const app = httpApp()

  app.get('/api/sessions/:id/events', async c => {
    const { owner, id } = await findSession(bus, store, callerOf(c), sessionIdOf(c))
    return withPulse(c, stream =>
      replay(bus, stream, subjects.factsOf(owner, id), resumeAt(c) ?? 'all', ({ subject }) =>
        ['ended', 'failed'].includes(readSubject(subject).what),
      ),
    )
  })

  /** How far the set-up of each host is, then everything new of it and of the caller's sessions. */
  app.get('/api/events', c => {
    const caller = callerOf(c)
    if (c.req.query('all') !== undefined) return everything(c, caller)
    const { principal } = caller
    return withPulse(c, stream =>
      Promise.race([
        replay(bus, stream, subjects.hostSteps, resumeAt(c) ?? 'last'),
        replay(bus, stream, subjects.factsOf(principal), resumeAt(c) ?? 'new'),
      ]),
    )
  })

  /** The state of each service and function, then every change of them and everything new of all sessions. */
  function everything(c: Context, caller: Caller) {
    mustBeAdmin(caller)
    return withPulse(c, stream =>
      Promise.race([
        replay(bus, stream, subjects.factsOf('*'), resumeAt(c) ?? 'new'),
        tellViews(bus, stream, 'services', SERVICE_CHANGED),
        tellViews(bus, stream, 'functions', FUNCTION_CHANGED),
      ]),
    )
  }
  return app
}

/** A browser that comes back names the last event that it has seen. */
function resumeAt(c: Context): From | undefined {
  const last = c.req.header('last-event-id')
  return last && /^[0-9]{1,15}$/.test(last) ? { sequence: Number(last) + 1 } : undefined
}

/** Keeps the connection known to be alive; a proxy in between must not collect what shall be seen at once. */
function withPulse(
  c: Context,
  work: (stream: Parameters<Parameters<typeof streamSSE>[1]>[0]) => Promise<unknown>,
) {
  c.header('x-accel-buffering', 'no')
  return streamSSE(c, async stream => {
    await stream.write(': hello\n\n')
    const pulse = setInterval(() => stream.write(': pulse\n\n'), PULSE)
    try {
      await work(stream)
    } finally {
      clearInterval(pulse)
    }
  })
}
