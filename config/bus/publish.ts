import { JetStreamApiError } from '@nats-io/jetstream'
import type { Envelope } from '../contract/envelope.ts'
import { DartsError } from '../errors.ts'
import type { Bus } from './connect.ts'

/**
 * Publishes to a stream and waits until it is stored. A repeat with the same envelope id is stored once.
 * @throws DartsError `bus-unavailable` when the server did not say in time that it is stored
 */
export const publish = (bus: Bus, subject: string, message: Envelope): Promise<void> =>
  publishText(bus, subject, JSON.stringify(message), message.id)

/** The same with a message that is text already. */
export async function publishText({ js }: Bus, subject: string, text: string, id: string): Promise<void> {
  try {
    await js.publish(subject, text, { msgID: id, timeout: 5000 })
  } catch (cause) {
    const stored = cause instanceof JetStreamApiError ? 'refused by the store' : 'not stored'
    throw new DartsError('bus-unavailable', `${subject}: ${stored}: ${(cause as Error).message}`, { cause })
  }
}
