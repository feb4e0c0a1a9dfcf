import * as v from 'valibot'
import { HostView } from '../host-view.ts'
import type { Bus } from './connect.ts'

/** Every host that has told about itself. */
export async function readHosts(bus: Bus): Promise<HostView[]> {
  const kv = await bus.bucket('hosts')
  const keys: string[] = []
  for await (const key of await kv.keys()) keys.push(key)
  const entries = await Promise.all(keys.map(key => kv.get(key)))
  return entries.flatMap(entry => (entry?.operation === 'PUT' ? [v.parse(HostView, entry.json())] : []))
}
