import { AckPolicy, type ConsumerConfig, DeliverPolicy, type JsMsg } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { DartsError, toDartsError } from '../errors.ts'
import type { Log } from '../log.ts'
import { bury, LARGEST } from './bury.ts'
import type { Bus } from './connect.ts'
import { oneByOne } from './one-by-one.ts'
import type { StreamName } from './streams.ts'

export const TRIES = 5
/** From this delivery on a message is handled alone: it may be what ended the process before. */
const SUSPECT = 3
const ACK_WAIT = 20_000
const BACK_OFF = [200, 1000, 5000, 15_000]

export type Consume = {
  stream: StreamName
  /** Durable name: where it stopped is remembered by the server. */
  name: string
  filter: string
  /** Messages handled at the same time. */
  concurrency: number
  /** Only what is published after the consumer was first made. */
  onlyNew?: boolean
  log: Log
  handle(message: JsMsg): Promise<void>
}

/**
 * Handles the messages of a stream, each until it succeeds or can never succeed: acknowledged after its handler,
 * kept alive while it runs, delivered again with back-off when its error may pass, else copied to the dead letters
 * with its reason. Returns a function that stops taking messages and waits for the running ones.
 */
export async function consume(bus: Bus, options: Consume): Promise<() => Promise<void>> {
  const { stream, name, filter, concurrency, onlyNew = false, log } = options
  const config: Partial<ConsumerConfig> = {
    durable_name: name,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT),
    max_deliver: TRIES,
    max_ack_pending: concurrency,
    deliver_policy: onlyNew ? DeliverPolicy.New : DeliverPolicy.All,
  }
  const { deliver_policy: _, ...update } = config
  await bus.jsm.consumers.info(stream, name).then(
    () => bus.jsm.consumers.update(stream, name, update),
    () => bus.jsm.consumers.add(stream, config),
  )
  const consumer = await bus.js.consumers.get(stream, name)
  const running = new Set<Promise<void>>()
  const alone = oneByOne(() => bus.nc.flush())
  const messages = await consumer.consume({ max_messages: concurrency })
  const ended = (async () => {
    for await (const message of messages) {
      const settled = () => settle(bus, options, message)
      const suspect = message.info.deliveryCount >= SUSPECT
      const work = keepAlive(message, suspect ? alone(message, settled) : settled()).catch(error =>
        log.error({ err: error }, 'could not settle a message'),
      )
      running.add(work)
      work.finally(() => running.delete(work))
    }
  })()
  return async () => {
    await messages.close()
    await ended
    await Promise.all(running)
  }
}

async function keepAlive(message: JsMsg, work: Promise<void>): Promise<void> {
  const alive = setInterval(() => message.working(), ACK_WAIT / 3)
  try {
    await work
  } finally {
    clearInterval(alive)
  }
}

async function settle(bus: Bus, options: Consume, message: JsMsg): Promise<void> {
  const { handle, log } = options
  try {
    if (message.data.length > LARGEST)
      throw new DartsError('too-large', `${message.data.length} bytes: at most ${LARGEST}`)
    await handle(message)
    message.ack()
  } catch (thrown) {
    const error = toDartsError(thrown)
    const tries = message.info.deliveryCount
    if (error.retry && tries < TRIES) {
      log.warn({ err: error, subject: message.subject, tries }, 'will be tried again')
      message.nak(BACK_OFF[tries - 1])
      return
    }
    log.error({ err: error, subject: message.subject, tries }, 'moved to the dead letters')
    await bury(bus, options, message, error)
    message.term()
  }
}
