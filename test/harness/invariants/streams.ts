import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { FACTS } from '../../../config/contract/facts.ts'

/** A fact as the stream holds it: what its subject says, and its message id. */
export type Told = { session: string; fact: string; id: string }

/** A session's key, read without the code that wrote it. */
export type Kept = {
  id: string
  n: number
  state: { state: string; host?: string; outcome?: { text?: string } }
}

/** What the streams and the bucket of sessions hold. */
export async function streamsOf(nc: NatsConnection) {
  const jsm = await jetstreamManager(nc, { checkAPI: false })

  async function* messages(stream: string) {
    const { state } = await jsm.streams.info(stream)
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await jsm.streams.getMessage(stream, { seq }).catch(() => null)
      if (message) yield message
    }
  }

  const told: Told[] = []
  for await (const message of messages('EVENTS')) {
    const [, , owner, session = '', fact = ''] = message.subject.split('.')
    if (owner !== '_host' && fact in FACTS)
      told.push({ session, fact, id: message.json<{ id: string }>().id })
  }
  const kept: Kept[] = []
  for await (const message of messages('KV_sessions'))
    if (!message.header.has('KV-Operation')) kept.push(message.json<Kept>())

  /** A message that was acknowledged in the moment in which its server was killed stays, and is given to nobody. */
  async function left(stream: string): Promise<number> {
    const consumers = await jsm.consumers.list(stream).next()
    return consumers.length > 0
      ? consumers.reduce((sum, { num_pending, num_ack_pending }) => sum + num_pending + num_ack_pending, 0)
      : (await jsm.streams.info(stream)).state.messages
  }
  return { told, kept, backlog: { COMMANDS: await left('COMMANDS'), STEPS: await left('STEPS') } }
}
