import { HostView } from '../host-view.ts'
import type { Bus } from './connect.ts'
import { parseTold, readBucket } from './read-bucket.ts'

/** Every host that has told about itself in words that this version knows. */
export async function readHosts(bus: Bus): Promise<HostView[]> {
  const entries = await readBucket(bus, 'hosts')
  return entries.map(entry => parseTold(HostView, entry)).filter(host => host !== undefined)
}
