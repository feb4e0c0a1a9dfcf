import { JetStreamApiError } from '@nats-io/jetstream'
import { type Envelope, envelope } from '../contract/envelope.ts'
import { type Fact, factType, type Notice } from '../contract/facts.ts'
import { stepType } from '../contract/steps.ts'
import { subjects } from '../contract/subjects.ts'
import { DartsError, toDartsError } from '../errors.ts'
import { decide, type Order } from '../session/decide.ts'
import { evolve } from '../session/evolve.ts'
import { parseRecord, type SessionRecord } from '../session/record.ts'
import { stepOf } from '../session/state.ts'
import type { Bus } from './connect.ts'
import { publish } from './publish.ts'
import { type OnUnreadable, readBucket, type Told, watchBucket } from './read-bucket.ts'

const WRONG_REVISION = 10071

export type SessionStore = ReturnType<typeof sessionStore>

/**
 * The truth about sessions. Only `change` writes, under compare-and-set on the key's revision; the facts it made
 * stand in the record before they are published, and are published again by the next change of another process.
 * A record of another version is never written over: it is left out of what is listed, `onUnreadable` is told of it once,
 * and whoever asks for it by its id is refused.
 */
export function sessionStore(bus: Bus, source: string, onUnreadable: OnUnreadable = () => {}) {
  const published = new Set<string>()
  let connection = bus.untilReconnect()
  /** Values that could not be read. */
  const told = new Map<string, string>()
  const bucket = () => bus.bucket('sessions')

  async function get(id: string): Promise<SessionRecord | undefined> {
    return (await read(id))?.record
  }

  async function read(id: string) {
    const entry = await (await bucket()).get(id).catch(unavailable)
    return entry && entry.operation === 'PUT'
      ? { record: parseRecord(entry.string()), revision: entry.revision }
      : undefined
  }

  /** Applies an order. `first` is for a session that does not exist yet. */
  async function change(
    id: string,
    order: Order,
    first?: Cause & { owner: string },
  ): Promise<{ record: SessionRecord; facts: Fact[] }> {
    for (;;) {
      const known = await read(id)
      const before = known && !isLeftByStranger(known.record, order, first) ? known.record : undefined
      const { owner, ...more } = before ?? first ?? notFound(id)
      const cause = causeOf(more)
      const facts = decide(order, before?.state)
      if (known) await tellLeft(known.record)
      if (before && facts.length === 0) return { record: before, facts }
      const n = known?.record.n ?? 0
      const record: SessionRecord = {
        v: 1,
        id,
        owner,
        n: n + facts.length,
        ...cause,
        state: facts.reduce(evolve, before?.state) ?? notFound(id),
        pending: facts.map((fact, i) => factEnvelope(id, n + i + 1, fact, cause)),
      }
      if (!(await write(record, known?.revision))) continue
      await publishPending(record, order.order === 'rebuild' ? isStored : undefined)
      return { record, facts }
    }
  }

  /** False when somebody else was faster. */
  async function write(record: SessionRecord, revision: number | undefined): Promise<boolean> {
    const kv = await bucket()
    try {
      const value = JSON.stringify(record)
      await (revision === undefined ? kv.create(record.id, value) : kv.update(record.id, value, revision))
      return true
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === WRONG_REVISION) return false
      return unavailable(error)
    }
  }

  async function publishPending(
    { id, owner, pending }: SessionRecord,
    isThere?: typeof isStored,
  ): Promise<void> {
    // Another connection may lead to another store.
    if (connection.aborted) published.clear()
    connection = bus.untilReconnect()
    for (const message of pending) {
      if (published.has(message.id)) continue
      const subject = subjects.fact(owner, id, message.type.split('.')[2] ?? '')
      if (!(await isThere?.(subject, message))) await publish(bus, subject, message)
      published.add(message.id)
      if (published.size > 10_000) published.delete(published.values().next().value ?? '')
    }
  }

  /** Tells what another process has stored, and had no time to tell. */
  const tellLeft = (record: SessionRecord) => publishPending(record, isStored)

  /** A fact happens once in a session. Who hears the subject directly would hear it twice, so it is looked for first. */
  async function isStored(subject: string, message: Envelope): Promise<boolean> {
    const stored = await bus.jsm.streams.getMessage('EVENTS', { last_by_subj: subject }).catch(() => null)
    return stored?.json<{ id: string }>().id === message.id
  }

  /** Tells something that moves nothing: how far a step is, that the end is near. */
  async function tell(record: SessionRecord, notice: Notice, msgId?: string): Promise<void> {
    const { id, owner } = record
    const { fact, ...data } = notice
    const more = { subject: id, ...causeOf(record), ...(msgId && { id: msgId }) }
    await publish(bus, subjects.fact(owner, id, fact), envelope(factType(fact), source, data, more))
  }

  /** Sends the step that the state asks for to its host; sending it again changes nothing. */
  async function sendStep(record: SessionRecord): Promise<void> {
    const { id, n, state } = record
    const step = stepOf(state)
    if (!step || !('host' in state)) return
    const message = envelope(
      stepType(step),
      source,
      {},
      { id: `${id}.${n}.${step}`, subject: id, ...causeOf(record) },
    )
    await publish(bus, subjects.step(state.host, id, step), message)
  }

  function factEnvelope(id: string, n: number, { fact, ...data }: Fact, cause: Cause): Envelope {
    return envelope(factType(fact), source, data, { id: `${id}.${n}`, subject: id, ...cause })
  }

  /** Every session there is, then `undefined`, then every change; all of it again after a lost connection. */
  async function* watch(
    signal: AbortSignal,
  ): AsyncGenerator<SessionRecord | { id: string; gone: true } | undefined> {
    for await (const one of watchBucket(bus, 'sessions', signal)) {
      const record = one && toRecord(one)
      if (record || !one) yield record
    }
  }

  /** Nothing for a value that cannot be read: one bad record must not hide the others. */
  function toRecord({ key, value }: Told): SessionRecord | { id: string; gone: true } | undefined {
    const before = told.get(key)
    told.delete(key)
    if (value === undefined) return { id: key, gone: true }
    try {
      return parseRecord(value)
    } catch (thrown) {
      if (before !== value) onUnreadable(toDartsError(thrown), key)
      told.set(key, value)
      return undefined
    }
  }

  /** All sessions that there are now. */
  async function list(): Promise<SessionRecord[]> {
    const all: SessionRecord[] = []
    for (const one of await readBucket(bus, 'sessions')) {
      const record = toRecord(one)
      if (record && !('gone' in record)) all.push(record)
    }
    return all
  }

  async function forget(id: string): Promise<void> {
    await (await bucket()).purge(id)
  }

  /** There is a record of it that a later version wrote. */
  const isUnreadable = (id: string) => told.has(id)

  return { get, change, isUnreadable, tellLeft, tell, sendStep, watch, list, forget }
}

/** The command that a session began with, and its trace: what all of its messages carry. */
type Cause = Pick<SessionRecord, 'correlationid' | 'traceparent'>

const causeOf = ({ correlationid, traceparent }: Cause): Cause => ({ correlationid, traceparent })

/** A stop that came for a session that was not there: it keeps its own owner's create from starting, nobody else's. */
const isLeftByStranger = ({ owner, state }: SessionRecord, { order }: Order, first?: { owner: string }) =>
  (order === 'create' || order === 'refuse') && state.request === undefined && owner !== first?.owner

function unavailable(cause: unknown): never {
  throw new DartsError('bus-unavailable', `session store: ${(cause as Error).message}`, { cause })
}

function notFound(id: string): never {
  throw new DartsError('not-found', `no session ${id}`)
}
