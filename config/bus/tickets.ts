import * as v from 'valibot'

export const TICKET_SECONDS = 30

/** What a ticket opens, for whom, and until when. */
export const TicketRecord = v.object({ session: v.string(), principal: v.string(), expiresAt: v.string() })
export type TicketRecord = v.InferOutput<typeof TicketRecord>
