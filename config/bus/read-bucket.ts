import { setTimeout as sleep } from 'node:timers/promises'
import type { KV, KvEntry } from '@nats-io/kv'
import type { Bus } from './connect.ts'
import type { Bucket } from './streams.ts'

const AGAIN = 250

/** Every entry that there is now, in the order of the keys. */
export async function readBucket(kv: KV): Promise<KvEntry[]> {
  const keys: string[] = []
  for await (const key of await kv.keys()) keys.push(key)
  const entries = await Promise.all(keys.sort().map(key => kv.get(key)))
  return entries.filter(entry => entry?.operation === 'PUT').filter(entry => entry !== null)
}

/** What a key is now; no value: it is no more. */
export type Told = { key: string; value?: string }

/** Every key that there is, then `undefined`, then every change, until the signal is aborted. */
export async function* watchOnce(kv: KV, signal: AbortSignal): AsyncGenerator<Told | undefined> {
  const { values } = await kv.status()
  if (signal.aborted) return
  const entries = await kv.watch()
  signal.addEventListener('abort', () => entries.stop(), { once: true })
  let complete = values === 0
  try {
    if (complete) yield undefined
    for await (const entry of entries) {
      yield told(entry)
      if (complete || entry.delta !== 0) continue
      complete = true
      yield undefined
    }
  } finally {
    entries.stop()
  }
}

const told = (entry: KvEntry): Told =>
  entry.operation === 'PUT' ? { key: entry.key, value: entry.string() } : { key: entry.key }

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
      for await (const one of watchOnce(await bus.bucket(name), connection)) {
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
