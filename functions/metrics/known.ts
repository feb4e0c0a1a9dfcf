import type { GenericSchema, InferOutput } from 'valibot'
import { parseTold, watchBucket } from '../../config/bus/read-bucket.ts'
import type { Bucket } from '../../config/bus/streams.ts'
import { FunctionView } from '../../config/contract/api.ts'
import { HostView } from '../../config/host-view.ts'
import type { StateName } from '../../config/session/state.ts'
import type { FunctionContext } from '../runtime/function.ts'

/** What there is now, followed in memory. */
export class Known {
  readonly sessions = new Map<string, StateName>()
  readonly hosts = new Map<string, HostView>()
  readonly functions = new Map<string, FunctionView>()

  /** Ends with the function. */
  async follow(context: FunctionContext): Promise<void> {
    await Promise.all([
      this.#followSessions(context),
      keepLike(context, 'hosts', this.hosts, HostView),
      keepLike(context, 'functions', this.functions, FunctionView),
    ])
  }

  async #followSessions({ store, signal }: FunctionContext) {
    for await (const record of store.watch(signal)) {
      if (!record) continue
      if ('gone' in record) this.sessions.delete(record.id)
      else this.sessions.set(record.id, record.state.state)
    }
  }
}

async function keepLike<S extends GenericSchema>(
  { bus, signal, log }: FunctionContext,
  bucket: Bucket,
  map: Map<string, InferOutput<S>>,
  schema: S,
): Promise<void> {
  for await (const one of watchBucket(bus, bucket, signal)) {
    if (!one) continue
    const view = parseTold(schema, one, err => log.warn({ err, bucket }, 'left out of the metrics'))
    if (view) map.set(one.key, view)
    else map.delete(one.key)
  }
}
