import { FunctionView } from '../contract/api.ts'
import type { Bus } from './connect.ts'
import { parseTold, readBucket } from './read-bucket.ts'

/** Every function with its calls and failures, as the runtime tells them. */
export async function readFunctions(bus: Bus): Promise<FunctionView[]> {
  const entries = await readBucket(bus, 'functions')
  return entries.map(entry => parseTold(FunctionView, entry)).filter(view => view !== undefined)
}
