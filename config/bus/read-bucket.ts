import { setTimeout as sleep } from 'node:timers/promises'
import { DeliverPolicy } from '@nats-io/jetstream'
import type { GenericSchema, InferOutput } from 'valibot'
import { type DartsError, toDartsError } from '../errors.ts'
import { parseStored } from '../parse-stored.ts'
import type { Bus } from './connect.ts'
import type { Bucket } from './streams.ts'

const AGAIN = 250

/** What a key is now; no value: it is no more. */
export type Told = { key: string; value?: string }

/** Is told of an entry that another version wrote, and that this one cannot read. */
export type OnUnreadable = (error: DartsError, key: string) => void

/** Undefined for what is no more or cannot be read: one bad entry must hide no other. */
export function parseTold<S extends GenericSchema>(
  schema: S,
  { key, value }: Told,
  onUnreadable: OnUnreadable = () => {},
): InferOutput<S> | undefined {
  if (value === undefined) return undefined
  try {
    return parseStored(schema, value, key)
  } catch (thrown) {
    onUnreadable(toDartsError(thrown), key)
    return undefined
  }
}

/**
 * Every key that there is or was, by the list of the stream's subjects. What a consumer says is still to come does not
 * tell when all keys were heard: it counts wrong when one of them changes meanwhile.
 */
async function keysIn({ jsm }: Bus, name: Bucket): Promise<string[]> {
  const prefix = `$KV.${name}.`
  const { state } = await jsm.streams.info(`KV_${name}`, { subjects_filter: `${prefix}>` })
  return Object.keys(state.subjects ?? {}).map(subject => subject.slice(prefix.length))
}

/** Every entry that there is now, in the order of the keys. */
export async function readBucket(bus: Bus, name: Bucket): Promise<Required<Told>[]> {
  const [kv, keys] = await Promise.all([bus.bucket(name), keysIn(bus, name)])
  const entries = await Promise.all(keys.sort().map(key => kv.get(key)))
  return entries
    .filter(entry => entry?.operation === 'PUT')
    .filter(entry => entry !== null)
    .map(entry => ({ key: entry.key, value: entry.string() }))
}

/** Every key that there is, then `undefined`, then every change, until the signal is aborted. */
export async function* watchOnce(
  bus: Bus,
  name: Bucket,
  signal: AbortSignal,
): AsyncGenerator<Told | undefined> {
  const missing = new Set(await keysIn(bus, name))
  if (missing.size === 0) yield undefined
  for await (const one of tellKeys(bus, name, '>', signal)) {
    yield one
    if (missing.delete(one.key) && missing.size === 0) yield undefined
  }
}

/**
 * What the keys of a filter are, then each change. Its consumer is in the server's memory and goes with its reader; the
 * client's own watch leaves one on disk, which a server that starts again restores each time and never removes.
 */
export async function* tellKeys(
  { js }: Bus,
  name: Bucket,
  filter: string,
  signal: AbortSignal,
): AsyncGenerator<Told> {
  if (signal.aborted) return
  const prefix = `$KV.${name}.`
  const consumer = await js.consumers.get(`KV_${name}`, {
    filter_subjects: prefix + filter,
    deliver_policy: DeliverPolicy.LastPerSubject,
  })
  const messages = await consumer.consume()
  const stop = () => messages.stop()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    for await (const message of messages) {
      const key = message.subject.slice(prefix.length)
      yield message.headers?.has('KV-Operation') ? { key } : { key, value: message.string() }
    }
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
    consumer.delete().catch(() => {})
  }
}

/**
 * The same for as long as its user lives: after a lost connection everything is told again, with what is no more and
 * another `undefined`. The server may have lost its store meanwhile, and its buckets may come a moment later.
 */
export async function* watchBucket(
  bus: Bus,
  name: Bucket,
  signal: AbortSignal,
): AsyncGenerator<Told | undefined> {
  const known = new Set<string>()
  while (!signal.aborted) {
    const connection = AbortSignal.any([signal, bus.untilReconnect()])
    const missing = new Set(known)
    try {
      for await (const one of watchOnce(bus, name, connection)) {
        if (one?.value !== undefined) known.add(one.key)
        else if (one) known.delete(one.key)
        else for (const key of missing) yield { key }
        if (one) missing.delete(one.key)
        else missing.clear()
        yield one
      }
    } catch (error) {
      if (signal.aborted || bus.nc.isClosed()) throw error
      await sleep(AGAIN)
    }
  }
}
