import { setTimeout as sleep } from 'node:timers/promises'
import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
} from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { traceIn } from '../contract/envelope.ts'
import { traceIdOf } from '../contract/trace.ts'
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
const AGAIN = 250
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
  const running = new Set<Promise<void>>()
  const alone = oneByOne(() => bus.nc.flush())
  let messages = await take()

  async function take(): Promise<ConsumerMessages> {
    await bus.jsm.consumers.info(stream, name).then(
      () => bus.jsm.consumers.update(stream, name, update),
      () => bus.jsm.consumers.add(stream, config),
    )
    return (await bus.js.consumers.get(stream, name)).consume({ max_messages: concurrency })
  }

  /** Until it is stopped: after a lost connection anew, since the server may have lost its store and this consumer. */
  async function follow(): Promise<void> {
    for (let lost = bus.untilReconnect(); ; ) {
      const stop = () => messages.stop()
      lost.addEventListener('abort', stop, { once: true })
      for await (const message of messages) {
        const settled = () => settle(bus, options, message)
        const suspect = message.info.deliveryCount >= SUSPECT
        const work = keepAlive(message, suspect ? alone(message, settled) : settled()).catch(error =>
          log.error({ err: error }, 'could not settle a message'),
        )
        running.add(work)
        work.finally(() => running.delete(work))
      }
      lost.removeEventListener('abort', stop)
      if (!lost.aborted || stopped) return
      lost = bus.untilReconnect()
      messages = await again()
    }
  }

  async function again(): Promise<ConsumerMessages> {
    for (;;) {
      try {
        return await take()
      } catch (error) {
        if (stopped || bus.nc.isClosed()) throw error
        await sleep(AGAIN)
      }
    }
  }

  let stopped = false
  const ended = follow().catch(
    error => stopped || log.error({ err: error }, 'messages are not taken any more'),
  )
  return async () => {
    stopped = true
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
  const { handle } = options
  try {
    if (message.data.length > LARGEST)
      throw new DartsError('too-large', `${message.data.length} bytes: at most ${LARGEST}`)
    await handle(message)
    message.ack()
  } catch (thrown) {
    const error = toDartsError(thrown)
    const tries = message.info.deliveryCount
    const log = options.log.child(traceIdOf(traceIn(message.data)))
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
