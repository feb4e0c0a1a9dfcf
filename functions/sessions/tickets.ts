import type { Bus } from '../../config/bus/connect.ts'
import { hashOf, newSecret } from '../../config/bus/logins.ts'
import { TICKET_SECONDS, type TicketRecord } from '../../config/bus/tickets.ts'
import type { Ticket } from '../../config/contract/api.ts'

/** A secret that opens one display once; only its hash is stored. */
export async function issueTicket(bus: Bus, record: Omit<TicketRecord, 'expiresAt'>): Promise<Ticket> {
  const ticket = newSecret()
  const expiresAt = new Date(Date.now() + TICKET_SECONDS * 1000).toISOString()
  const kv = await bus.bucket('tickets')
  await kv.put(hashOf(ticket), JSON.stringify({ ...record, expiresAt } satisfies TicketRecord))
  return { ticket, expiresAt }
}
