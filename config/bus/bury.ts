import { isUtf8 } from 'node:buffer'
import type { JsMsg } from '@nats-io/jetstream'
import * as v from 'valibot'
import { BURIED, DEAD_LETTER, DeadLetter } from '../contract/dead-letter.ts'
import { envelope, traceIn } from '../contract/envelope.ts'
import { readSubject, subjects } from '../contract/subjects.ts'
import type { DartsError } from '../errors.ts'
import type { Bus } from './connect.ts'
import { publish } from './publish.ts'
import type { StreamName } from './streams.ts'

/** A larger message is not handled, as HTTP takes no larger body. */
export const LARGEST = 65_536
const BEGINNING = 1000

/**
 * Copies a message that can never succeed to the dead letters, with its reason, and tells the administrators. Whoever
 * calls takes it out of its queue afterwards: until then it may be repeated.
 */
export async function bury(
  bus: Bus,
  { stream, name }: { stream: StreamName; name: string },
  { seq, subject, data }: Pick<JsMsg, 'seq' | 'subject' | 'data'>,
  { code, message }: DartsError,
): Promise<void> {
  const { session } = readSubject(subject)
  const reason = message.slice(0, BEGINNING)
  const whole = data.length <= LARGEST && isUtf8(data)
  const original = new TextDecoder().decode(whole ? data : data.subarray(0, BEGINNING))
  const letter = v.parse(DeadLetter, { code, reason, subject, consumer: name, original, whole })
  const id = `${stream}.${seq}.${name}`
  const traceparent = traceIn(data)
  await publish(
    bus,
    subjects.dead(stream, session),
    envelope(DEAD_LETTER, stream, letter, { id, traceparent }),
  )
  const buried = subjects.buried(session)
  // Whoever cannot handle this event either must not be told by another one of it.
  if (subject === buried) return
  await publish(
    bus,
    buried,
    envelope(BURIED, stream, { code, reason, subject }, { id: `${id}.buried`, traceparent }),
  )
}
