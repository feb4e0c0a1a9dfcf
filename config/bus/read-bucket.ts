import { setTimeout as sleep } from 'node:timers/promises'
import { DeliverPolicy } from '@nats-io/jetstream'
import type { GenericSchema, InferOutput } from 'valibot'
import { DartsError, toDartsError } from '../errors.ts'
import { parseStored } from '../parse-stored.ts'
import type { Bus } from './connect.ts'
import { readStream } from './read-stream.ts'
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

/** Every entry that there is now, in the order of the keys. @throws DartsError `bus-unavailable` */
export async function readBucket(bus: Bus, name: Bucket): Promise<Required<Told>[]> {
  const values = new Map<string, string>()
  try {
    for await (const one of watchOnce(bus, name, bus.untilReconnect())) {
      if (!one) return [...values].map(([key, value]) => ({ key, value })).sort(byKey)
      if (one.value === undefined) values.delete(one.key)
      else values.set(one.key, one.value)
    }
    throw new Error('the connection was lost')
  } catch (cause) {
    throw new DartsError('bus-unavailable', `bucket ${name}: ${(cause as Error).message}`, { cause })
  }
}

const byKey = (a: Told, b: Told) => (a.key < b.key ? -1 : 1)

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
 * What the keys of a filter are, then each change. Not by the client's own watch: that leaves a consumer on the server's
 * disk, which a server that starts again restores each time and never removes.
 */
export async function* tellKeys(
  bus: Bus,
  name: Bucket,
  filter: string,
  signal: AbortSignal,
): AsyncGenerator<Told> {
  const prefix = `$KV.${name}.`
  const last = { filter_subjects: prefix + filter, deliver_policy: DeliverPolicy.LastPerSubject }
  for await (const message of readStream(bus, `KV_${name}`, last, signal)) {
    const key = message.subject.slice(prefix.length)
    yield message.headers?.has('KV-Operation') ? { key } : { key, value: message.string() }
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
