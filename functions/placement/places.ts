import { parseTold, watchBucket } from '../../config/bus/read-bucket.ts'
import { HostView } from '../../config/host-view.ts'
import type { SessionRecord } from '../../config/session/record.ts'
import type { FunctionContext } from '../runtime/function.ts'

/**
 * What is taken and what there is, followed in memory: a click waits for no list. Only placement gives places away, one
 * after the other, and it tells what it gave at once; what is heard late is only that a place is free again.
 */
export class Places {
  readonly #sessions = new Map<string, SessionRecord>()
  readonly #hosts = new Map<string, HostView>()
  readonly #known = Promise.withResolvers<void>()
  /** Resolves when both are known. */
  readonly known = this.#known.promise

  get sessions(): SessionRecord[] {
    return [...this.#sessions.values()]
  }

  get hosts(): HostView[] {
    return [...this.#hosts.values()]
  }

  /** Only a session on a host takes a place. */
  take(record: SessionRecord): void {
    if ('host' in record.state) this.#sessions.set(record.id, record)
    else this.#sessions.delete(record.id)
  }

  /** Ends with the function. */
  async follow(context: FunctionContext): Promise<void> {
    const complete = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
    Promise.all(complete.map(({ promise }) => promise)).then(() => this.#known.resolve())
    await Promise.all([
      this.#followSessions(context, complete[0].resolve),
      this.#followHosts(context, complete[1].resolve),
    ])
  }

  async #followSessions({ store, signal }: FunctionContext, complete: () => void) {
    for await (const record of store.watch(signal)) {
      if (!record) complete()
      else if ('gone' in record) this.#sessions.delete(record.id)
      else this.#heard(record)
    }
  }

  /** What we gave away ourselves may be newer than what is heard. */
  #heard(record: SessionRecord) {
    if (record.n >= (this.#sessions.get(record.id)?.n ?? 0)) this.take(record)
  }

  async #followHosts({ bus, signal, log }: FunctionContext, complete: () => void) {
    for await (const one of watchBucket(bus, 'hosts', signal)) {
      if (!one) {
        complete()
        continue
      }
      const host = parseTold(HostView, one, err => log.warn({ err }, 'nothing is placed there'))
      if (host) this.#hosts.set(one.key, host)
      else this.#hosts.delete(one.key)
    }
  }
}
