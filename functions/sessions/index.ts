import type { Hono } from 'hono'
import { publish } from '../../config/bus/publish.ts'
import { readCatalogue } from '../../config/catalogue.ts'
import { COMMANDS, type CreateRequest, CreateRequest as CreateShape } from '../../config/contract/commands.ts'
import { envelope } from '../../config/contract/envelope.ts'
import { newSessionId } from '../../config/contract/names.ts'
import { subjects } from '../../config/contract/subjects.ts'
import { DartsError } from '../../config/errors.ts'
import { folders } from '../../config/folders.ts'
import { sessionLog } from '../../config/log.ts'
import { completeRequest } from '../../config/session/complete-request.ts'
import { viewOf } from '../../config/session/record.ts'
import { mayShow } from '../../config/session/state.ts'
import { findSession } from '../runtime/find-session.ts'
import type { FunctionContext } from '../runtime/function.ts'
import { type Caller, callerOf, httpApp, readBody, sessionIdOf, traceOf } from '../runtime/http-app.ts'
import { issueTicket } from './tickets.ts'

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/

/** Authenticates, validates and publishes. Whether it may be is decided by who consumes the commands. */
export async function http({ bus, store, settings, log }: FunctionContext): Promise<Hono> {
  const app = httpApp()

  app.post('/api/sessions', async c => {
    const caller = callerOf(c)
    const key = c.req.header('idempotency-key')
    if (key !== undefined && !IDEMPOTENCY_KEY.test(key))
      throw new DartsError('bad-request', 'Idempotency-Key: 1 to 200 printable characters')
    const body: CreateRequest = await readBody(c, CreateShape)
    const now = new Date()
    const request = completeRequest(body, await readCatalogue(folders(settings)), settings, now)
    const id = newSessionId(key === undefined ? undefined : { principal: caller.principal, key })
    if (key !== undefined) await refuseOtherRequest(caller, id, body)
    const traceparent = traceOf(c)
    const message = envelope(COMMANDS.create.type, 'sessions', body, { subject: id, traceparent, time: now })
    await publish(bus, subjects.command(caller.principal, id, 'create'), message)
    sessionLog(log, { id, traceparent }).info({ principal: caller.principal }, 'asked for')
    return c.json({ id, owner: caller.principal, state: 'requested' as const, ...request }, 202)
  })

  /** A repeated key is the same request again, or a mistake. */
  async function refuseOtherRequest({ principal }: Caller, id: string, body: CreateRequest) {
    const known = (await store.get(id))?.state.request
    if (!known) return
    const { machine, cpus = known.cpus, memory = known.memory } = body
    if (machine !== known.machine || cpus !== known.cpus || memory !== known.memory)
      throw new DartsError('idempotency-key-reused', `${principal} used it for session ${id}`)
  }

  app.get('/api/sessions', async c => {
    const caller = callerOf(c)
    const all = caller.role === 'admin' && c.req.query('all') !== undefined
    const records = (await store.list()).filter(({ owner }) => all || owner === caller.principal)
    const views = records.map(viewOf).filter(({ createdAt }) => createdAt !== undefined)
    return c.json(views.sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? '')))
  })

  app.get('/api/sessions/:id', async c => c.json(await findSession(bus, store, callerOf(c), sessionIdOf(c))))

  app.delete('/api/sessions/:id', async c => {
    const caller = callerOf(c)
    const id = sessionIdOf(c)
    const view = await findSession(bus, store, caller, id)
    const message = envelope(COMMANDS.stop.type, 'sessions', {}, { subject: id, traceparent: traceOf(c) })
    await publish(bus, subjects.command(caller.principal, id, 'stop'), message)
    return c.json(view, 202)
  })

  app.post('/api/sessions/:id/tickets', async c => {
    const caller = callerOf(c)
    const session = sessionIdOf(c)
    const { state } = await findSession(bus, store, caller, session)
    if (!mayShow(state))
      throw new DartsError('display-gone', `session ${session} is ${state}: it has no display`, {
        text: 'The display of this session is not open.',
      })
    return c.json(await issueTicket(bus, { session, principal: caller.principal }), 201)
  })
  return app
}
