import type { KV, KvEntry } from '@nats-io/kv'
import type { GenericSchema, InferOutput } from 'valibot'
import { type DartsError, toDartsError } from '../errors.ts'
import { parseStored } from '../parse-stored.ts'

/** Is told of an entry that another version wrote, and that this one cannot read. */
export type OnUnreadable = (error: DartsError, key: string) => void

/** Undefined for what cannot be read: one bad entry must hide no other. */
export function parseEntry<S extends GenericSchema>(
  schema: S,
  entry: KvEntry,
  onUnreadable: OnUnreadable = () => {},
): InferOutput<S> | undefined {
  try {
    return parseStored(schema, entry.string(), `${entry.bucket} ${entry.key}`)
  } catch (thrown) {
    onUnreadable(toDartsError(thrown), entry.key)
    return undefined
  }
}

/** Every entry that there is now, in the order of the keys. */
export async function readBucket(kv: KV): Promise<KvEntry[]> {
  const keys: string[] = []
  for await (const key of await kv.keys()) keys.push(key)
  const entries = await Promise.all(keys.sort().map(key => kv.get(key)))
  return entries.filter(entry => entry?.operation === 'PUT').filter(entry => entry !== null)
}

/** Every entry that there is, then `undefined` once, then every change. Ends when the signal is aborted. */
export async function* watchBucket(kv: KV, signal: AbortSignal): AsyncGenerator<KvEntry | undefined> {
  const { values } = await kv.status()
  const entries = await kv.watch()
  signal.addEventListener('abort', () => entries.stop(), { once: true })
  let complete = values === 0
  if (complete) yield undefined
  for await (const entry of entries) {
    yield entry
    if (complete || entry.delta !== 0) continue
    complete = true
    yield undefined
  }
}
