import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import * as v from 'valibot'
import type { Problem } from '../../config/contract/api.ts'
import { describeIssues } from '../../config/contract/commands.ts'
import { Principal, SessionId } from '../../config/contract/names.ts'
import { DartsError, toDartsError } from '../../config/errors.ts'
import type { SessionRecord } from '../../config/session/record.ts'

/** Every HTTP function begins with this: bounded bodies, and each failure answered with one Problem. */
export function httpApp(): Hono {
  const app = new Hono()
  app.use(
    bodyLimit({ maxSize: 65_536, onError: () => problem(new DartsError('too-large', 'at most 64 KiB')) }),
  )
  app.onError(error => problem(toDartsError(error)))
  app.notFound(() => problem(new DartsError('not-found')))
  return app
}

/** The one form of a failure: code, sentence, and for the caller's own mistakes what exactly was wrong. */
export function problem(error: DartsError): Response {
  const { code, text, status } = error
  const body: Problem = {
    code,
    text,
    ...(status < 500 && error.message !== text && { detail: error.message }),
  }
  const wait = status === 503 || status === 429 ? { 'retry-after': '2' } : undefined
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...wait } })
}

/** @throws DartsError `bad-request` when it is not JSON of this shape */
export async function readBody<S extends v.GenericSchema>(c: Context, schema: S): Promise<v.InferOutput<S>> {
  if (!/^application\/(json|cloudevents\+json)\b/.test(c.req.header('content-type') ?? ''))
    throw new DartsError('bad-request', 'send JSON, with content-type application/json')
  const body = await c.req.json().catch(() => {
    throw new DartsError('bad-request', 'the body is not JSON')
  })
  const result = v.safeParse(schema, body)
  if (result.success) return result.output
  throw new DartsError('bad-request', describeIssues(result.issues))
}

/** @throws DartsError `not-found`: an id of the wrong form cannot exist */
export function sessionIdOf(c: Context): string {
  const id = c.req.param('id') ?? ''
  if (!v.is(SessionId, id)) throw new DartsError('not-found', 'there is no such session')
  return id
}

export type Caller = { principal: string; role: 'user' | 'admin'; login: string }

/** The gateway found out who calls; its headers reach a function through the function's own socket only. */
export function callerOf(c: Context): Caller {
  const principal = c.req.header('darts-principal')
  if (!v.is(Principal, principal)) throw new DartsError('not-logged-in')
  return {
    principal,
    role: c.req.header('darts-role') === 'admin' ? 'admin' : 'user',
    login: c.req.header('darts-login') ?? '',
  }
}

/** @throws DartsError `not-allowed` */
export function mustBeAdmin({ principal, role }: Caller): void {
  if (role !== 'admin')
    throw new DartsError('not-allowed', `${principal} is no administrator`, {
      text: 'Only an administrator may see this.',
    })
}

/** Ownership is checked here and nowhere else. What is not yours does not exist for you. */
export function mustOwn({ principal, role }: Caller, record: Pick<SessionRecord, 'owner'> | undefined): void {
  if (!record || (record.owner !== principal && role !== 'admin'))
    throw new DartsError('not-found', 'there is no such session')
}
