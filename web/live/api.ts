import type { MachineView, Me, ServiceView, SessionView, Ticket } from '../../config/contract/api.ts'
import type { CreateRequest } from '../../config/contract/commands.ts'
import { hearServerTime } from './clock.ts'
import { problemOf, unreachable } from './problem.ts'
import { at, pages } from './site.ts'

export const api = {
  me: () => ask<Me>('GET', 'api/me'),
  machines: () => ask<MachineView[]>('GET', 'api/machines'),
  sessions: () => ask<SessionView[]>('GET', 'api/sessions'),
  allSessions: () => ask<SessionView[]>('GET', 'api/sessions?all'),
  services: () => ask<ServiceView[]>('GET', 'api/services'),
  session: (id: string) => ask<SessionView>('GET', `api/sessions/${id}`),
  /** The same key makes a repeat the same session. */
  create: (request: CreateRequest, key: string) =>
    ask<SessionView>('POST', 'api/sessions', request, { 'idempotency-key': key }),
  stop: (id: string) => ask<SessionView>('DELETE', `api/sessions/${id}`),
  ticket: (id: string) => ask<Ticket>('POST', `api/sessions/${id}/tickets`),
  logIn: (token: string) => ask<void>('POST', 'api/login', { token }),
  logOut: () => ask<void>('DELETE', 'api/login'),
}

/** @throws Problem */
async function ask<T>(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<T> {
  if (body) headers['content-type'] = 'application/json'
  const init: RequestInit = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  const response = await fetch(at(path), init).catch(() => {
    throw unreachable()
  })
  hearServerTime(response.headers.get('date'))
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T
  if (response.status === 401 && path !== 'api/login') location.assign(pages.login)
  throw await problemOf(response)
}
