import { ServiceView } from '../contract/api.ts'
import type { Bus } from './connect.ts'
import { parseTold, readBucket } from './read-bucket.ts'

/** Every process of DARTS, as the supervisor tells them. */
export async function readServices(bus: Bus): Promise<ServiceView[]> {
  const entries = await readBucket(bus, 'services')
  return entries.map(entry => parseTold(ServiceView, entry)).filter(view => view !== undefined)
}
