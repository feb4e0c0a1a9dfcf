import * as v from 'valibot'
import { HostView } from '../host-view.ts'
import type { Bus } from './connect.ts'
import { readBucket } from './read-bucket.ts'

/** Every host that has told about itself. */
export async function readHosts(bus: Bus): Promise<HostView[]> {
  const entries = await readBucket(await bus.bucket('hosts'))
  return entries.map(entry => v.parse(HostView, entry.json()))
}
