import { setTimeout as sleep } from 'node:timers/promises'
import type { ConsumerInfo, JetStreamManager } from '@nats-io/jetstream'
import * as v from 'valibot'
import { bury } from '../../config/bus/bury.ts'
import { subjects } from '../../config/contract/subjects.ts'
import { DartsError } from '../../config/errors.ts'
import type { FunctionContext } from '../runtime/function.ts'

/** Their messages stay until somebody answers them. */
const QUEUES = ['COMMANDS', 'STEPS'] as const
const STREAMS = [...QUEUES, 'EVENTS'] as const
const LOOK_EVERY = 60_000
/** Milliseconds between the acknowledgement of a message and its end in the stream, many times over. */
const SETTLED = 1000

const Unanswered = v.object({ stream: v.picklist(STREAMS), consumer: v.string(), stream_seq: v.number() })
type Unanswered = v.InferOutput<typeof Unanswered>

/**
 * A message that ends whoever handles it never gets an answer. The server delivers it as often as it may, says so once,
 * and leaves it where it is. It is buried when that is heard; what nobody heard is looked for.
 */
export async function buryUnanswered(context: FunctionContext): Promise<void> {
  await Promise.all([...STREAMS.map(stream => hear(context, stream)), look(context)])
}

async function hear(context: FunctionContext, stream: (typeof STREAMS)[number]): Promise<void> {
  const { bus, signal, log } = context
  const advisories = bus.nc.subscribe(subjects.deliveredTooOften(stream))
  signal.addEventListener('abort', () => advisories.unsubscribe())
  for await (const advisory of advisories) {
    const result = v.safeParse(Unanswered, advisory.json())
    if (result.success) await buryOne(context, result.output)
    else log.warn({ subject: advisory.subject }, 'an advisory of the server that this version cannot read')
  }
}

async function look(context: FunctionContext): Promise<void> {
  const { bus, signal, log } = context
  const wait = (milliseconds: number) => sleep(milliseconds, undefined, { signal }).catch(() => {})
  while (!signal.aborted) {
    const missed = await Promise.all(QUEUES.map(stream => findMissed(bus.jsm, stream))).catch(err =>
      log.warn({ err }, 'could not look for messages without an answer'),
    )
    // What was acknowledged in this very moment is gone after it.
    await wait(SETTLED)
    for (const one of missed?.flat() ?? []) await buryOne(context, one)
    await wait(LOOK_EVERY)
  }
}

/** What a consumer is through with, and is still there. */
async function findMissed(jsm: JetStreamManager, stream: (typeof QUEUES)[number]): Promise<Unanswered[]> {
  const missed: Unanswered[] = []
  for await (const consumer of jsm.consumers.list(stream)) {
    const query = { seq: 1, next_by_subj: consumer.config.filter_subject ?? '>' }
    for (;;) {
      const message = await jsm.streams.getMessage(stream, query)
      if (!message || message.seq > lastSettled(consumer)) break
      missed.push({ stream, consumer: consumer.name, stream_seq: message.seq })
      query.seq = message.seq + 1
    }
  }
  return missed
}

/** The floor is moved by the next acknowledgement only; with none pending everything delivered is settled. */
const lastSettled = ({ num_ack_pending, delivered, ack_floor }: ConsumerInfo) =>
  num_ack_pending === 0 ? delivered.stream_seq : ack_floor.stream_seq

async function buryOne({ bus, log }: FunctionContext, { stream, consumer, stream_seq: seq }: Unanswered) {
  try {
    const message = await bus.jsm.streams.getMessage(stream, { seq })
    if (!message) return
    const error = new DartsError('given-up', `${consumer} never answered it, however often it was delivered`)
    log.error({ err: error, subject: message.subject }, 'moved to the dead letters')
    await bury(bus, { stream, name: consumer }, message, error)
    if (stream !== 'EVENTS') await bus.jsm.streams.deleteMessage(stream, seq)
  } catch (err) {
    log.error({ err, stream, seq }, 'could not be moved to the dead letters')
  }
}
