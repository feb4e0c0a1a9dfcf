import * as v from 'valibot'
import { FunctionView } from '../contract/api.ts'
import type { Bus } from './connect.ts'

/** Every function with its calls and failures, as the runtime tells them. */
export async function readFunctions(bus: Bus): Promise<FunctionView[]> {
  const kv = await bus.bucket('functions')
  const names: string[] = []
  for await (const name of await kv.keys()) names.push(name)
  const entries = await Promise.all(names.sort().map(name => kv.get(name)))
  return entries.flatMap(entry => (entry?.operation === 'PUT' ? [v.parse(FunctionView, entry.json())] : []))
}
