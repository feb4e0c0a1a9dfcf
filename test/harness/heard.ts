import type { NatsConnection } from '@nats-io/transport-node'
import { type Envelope, parseEnvelope } from '../../config/contract/envelope.ts'

/** Hears the messages of a subject from now on; `until` resolves with those heard once one fits. */
export function hear(nc: NatsConnection, subject: string) {
  const all: { subject: string; envelope: Envelope }[] = []
  const waiting = new Set<() => void>()
  nc.subscribe(subject, {
    callback: (_, message) => {
      all.push({ subject: message.subject, envelope: parseEnvelope(message.data) })
      for (const look of waiting) look()
    },
  })
  return {
    all,
    until: (what: string) =>
      new Promise<Envelope>(resolve => {
        const look = () => {
          const found = all.find(one => one.subject.endsWith(`.${what}`))
          if (!found) return
          waiting.delete(look)
          resolve(found.envelope)
        }
        waiting.add(look)
        look()
      }),
  }
}
