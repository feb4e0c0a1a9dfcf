import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../../config/bus/connect.ts'
import type { StreamName } from '../../config/bus/streams.ts'

/** Milliseconds: whoever scrapes waits no longer for it. */
const LIMIT = 2000

type Queues = { waiting: { COMMANDS: number; STEPS: number }; dead: number }

/** How many messages the streams hold; undefined when JetStream does not answer. */
export async function readQueues({ jsm }: Bus): Promise<Queues | undefined> {
  const count = async (stream: StreamName) => (await jsm.streams.info(stream)).state.messages
  const all = Promise.all([count('COMMANDS'), count('STEPS'), count('DEAD')])
  const counts = await Promise.race([all, sleep(LIMIT, undefined, { ref: false })]).catch(() => undefined)
  if (!counts) return undefined
  const [COMMANDS, STEPS, dead] = counts
  return { waiting: { COMMANDS, STEPS }, dead }
}
