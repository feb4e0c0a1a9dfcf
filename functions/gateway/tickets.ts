import type { KV } from '@nats-io/kv'
import * as v from 'valibot'
import { hashOf } from '../../config/bus/logins.ts'
import { TicketRecord } from '../../config/bus/tickets.ts'
import { DartsError } from '../../config/errors.ts'

/**
 * Uses a ticket up: it is deleted under compare-and-set, so that of two who hold it one gets in.
 * @throws DartsError `ticket-invalid`
 */
export async function redeem(
  kv: KV,
  ticket: string,
  session: string,
  now = Date.now(),
): Promise<TicketRecord> {
  const key = hashOf(ticket)
  const entry = await kv.get(key)
  if (entry?.operation !== 'PUT') throw new DartsError('ticket-invalid', 'unknown or used')
  const used = await kv.delete(key, { previousSeq: entry.revision }).then(
    () => true,
    () => false,
  )
  if (!used) throw new DartsError('ticket-invalid', 'used at the same moment')
  const record = v.parse(TicketRecord, entry.json())
  if (Date.parse(record.expiresAt) < now) throw new DartsError('ticket-invalid', 'expired')
  if (record.session !== session) throw new DartsError('ticket-invalid', 'for another session')
  return record
}
