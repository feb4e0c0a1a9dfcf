import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../../config/bus/connect.ts'
import type { StreamName } from '../../config/bus/streams.ts'

/** Milliseconds: whoever scrapes waits no longer for it. */
const LIMIT = 2000

type Queues = { waiting: { COMMANDS: number; STEPS: number }; dead: number }

/** How many messages wait for their handlers, and lie for an administrator; undefined when JetStream does not answer. */
export async function readQueues({ jsm }: Bus): Promise<Queues | undefined> {
  const held = async (stream: StreamName) => (await jsm.streams.info(stream)).state.messages
  /** By its consumers: a message that was acknowledged while the server was killed may stay in its stream, for nobody. */
  const waiting = async (stream: StreamName) => {
    const consumers = await jsm.consumers.list(stream).next()
    return consumers.length > 0
      ? consumers.reduce((sum, { num_pending, num_ack_pending }) => sum + num_pending + num_ack_pending, 0)
      : held(stream)
  }
  const all = Promise.all([waiting('COMMANDS'), waiting('STEPS'), held('DEAD')])
  const counts = await Promise.race([all, sleep(LIMIT, undefined, { ref: false })]).catch(() => undefined)
  if (!counts) return undefined
  const [COMMANDS, STEPS, dead] = counts
  return { waiting: { COMMANDS, STEPS }, dead }
}
