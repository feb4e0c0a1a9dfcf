import type { JsMsg } from '@nats-io/jetstream'
import * as v from 'valibot'
import { DEAD_LETTER, DeadLetter, type DeadLetterView } from '../contract/dead-letter.ts'
import { parseEnvelope } from '../contract/envelope.ts'
import { DartsError, toDartsError } from '../errors.ts'
import type { Bus } from './connect.ts'
import { publishText } from './publish.ts'

/** As many of the newest are listed. */
export const LISTED = 200

/** The newest letters, the oldest of them first. One of another version is told to `onUnreadable`. */
export async function listLetters(
  { jsm }: Bus,
  onUnreadable: (error: DartsError, seq: number) => void,
): Promise<DeadLetterView[]> {
  const { state } = await jsm.streams.info('DEAD')
  const letters: DeadLetterView[] = []
  for (let seq = state.last_seq; seq > 0 && seq >= state.first_seq && letters.length < LISTED; seq--) {
    const message = await jsm.streams.getMessage('DEAD', { seq })
    if (!message) continue
    try {
      letters.unshift(toLetter(message))
    } catch (thrown) {
      onUnreadable(toDartsError(thrown), seq)
    }
  }
  return letters
}

/** @throws DartsError `not-found` | `unreadable` */
export async function readLetter(bus: Bus, seq: number): Promise<DeadLetterView> {
  return toLetter(await stored(bus, seq))
}

/**
 * Publishes the original again where it was published first, and removes the letter when that is stored. Its message id
 * is the letter's: the server does not take it for the first one, and a retry that is repeated sends it once.
 * @throws DartsError `not-found` | `unreadable` | `too-large` | `bus-unavailable`, and then the letter stays
 */
export async function retryLetter(bus: Bus, seq: number): Promise<DeadLetterView> {
  const letter = await readLetter(bus, seq)
  if (!letter.whole)
    throw new DartsError('too-large', `dead letter ${seq} was too large or no text: it cannot be sent again`)
  await publishText(bus, letter.subject, letter.original, `DEAD.${seq}`)
  await bus.jsm.streams.deleteMessage('DEAD', seq)
  return letter
}

/** @throws DartsError `not-found` */
export async function dropLetter(bus: Bus, seq: number): Promise<void> {
  await stored(bus, seq)
  await bus.jsm.streams.deleteMessage('DEAD', seq)
}

async function stored({ jsm }: Bus, seq: number) {
  const message = await jsm.streams.getMessage('DEAD', { seq })
  if (message) return message
  throw new DartsError('not-found', `there is no dead letter ${seq}`)
}

function toLetter({ seq, time, data }: Pick<JsMsg, 'seq' | 'time' | 'data'>): DeadLetterView {
  const { type, data: letter } = parseEnvelope(data)
  const result = v.safeParse(DeadLetter, letter)
  if (type === DEAD_LETTER && result.success) return { seq, time: time.toISOString(), ...result.output }
  throw new DartsError('unreadable', `dead letter ${seq}: a ${type} that this version cannot read`)
}
