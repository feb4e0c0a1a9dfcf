import type { KV, KvEntry } from '@nats-io/kv'

/** Every entry that there is now, in the order of the keys. */
export async function readBucket(kv: KV): Promise<KvEntry[]> {
  const keys: string[] = []
  for await (const key of await kv.keys()) keys.push(key)
  const entries = await Promise.all(keys.sort().map(key => kv.get(key)))
  return entries.filter(entry => entry?.operation === 'PUT').filter(entry => entry !== null)
}
