import type { Bus } from '../../config/bus/connect.ts'
import type { SessionStore } from '../../config/bus/session-store.ts'
import type { SessionView } from '../../config/contract/api.ts'
import { commandData } from '../../config/contract/commands.ts'
import { parseEnvelope } from '../../config/contract/envelope.ts'
import { subjects } from '../../config/contract/subjects.ts'
import { lifetimeSeconds } from '../../config/lifetime.ts'
import { viewOf } from '../../config/session/record.ts'
import { type Caller, mustOwn } from './http-app.ts'

/**
 * A session, also one whose create is stored but not handled yet. The consumer writes the record before it
 * acknowledges the command, so looking at record, command, record again never misses an acknowledged one.
 * @throws DartsError `not-found`
 */
export async function findSession(
  bus: Bus,
  store: SessionStore,
  caller: Caller,
  id: string,
): Promise<SessionView> {
  const record = await store.get(id)
  const waiting = record ? undefined : await waitingCreate(bus, caller.principal, id)
  const found = record ?? (waiting ? undefined : await store.get(id))
  if (waiting && !found) return waiting
  mustOwn(caller, found)
  return viewOf(found as NonNullable<typeof found>)
}

async function waitingCreate(bus: Bus, principal: string, id: string): Promise<SessionView | undefined> {
  const query = { last_by_subj: subjects.command(principal, id, 'create') }
  const stored = await bus.jsm.streams.getMessage('COMMANDS', query).catch(() => null)
  if (!stored) return undefined
  const { lifetime, ...request } = commandData('create', parseEnvelope(stored.data))
  return {
    id,
    owner: principal,
    state: 'requested',
    ...request,
    ...(lifetime !== undefined && { lifetime: lifetimeSeconds(lifetime) }),
    createdAt: stored.time.toISOString(),
  }
}
