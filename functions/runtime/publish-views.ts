import type { Bus } from '../../config/bus/connect.ts'
import { readBucket } from '../../config/bus/read-bucket.ts'
import type { FunctionView } from '../../config/contract/api.ts'
import type { Log } from '../../config/log.ts'

const INTERVAL = 500

/** Keeps the bucket `functions` up to date: at once when a function was quiet, else twice a second. */
export function publishViews(bus: Promise<Bus>, log: Log) {
  const known = new Map<string, FunctionView>()
  /** Names of those that are to be told. */
  const waiting = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  async function flush() {
    if (waiting.size === 0) {
      timer = undefined
      return
    }
    const names = [...waiting]
    waiting.clear()
    timer = setTimeout(flush, INTERVAL)
    try {
      const kv = await (await bus).bucket('functions')
      await Promise.all(names.map(name => kv.put(name, JSON.stringify(known.get(name)))))
    } catch (err) {
      log.warn({ err }, 'could not tell the state of the functions, will be tried again')
      for (const name of names) waiting.add(name)
    }
  }

  // A server that comes back may have lost its store.
  void bus.then(({ onReconnect }) =>
    onReconnect(() => {
      for (const name of known.keys()) waiting.add(name)
      if (!timer) flush()
    }),
  )

  return {
    changed(view: FunctionView) {
      known.set(view.name, view)
      waiting.add(view.name)
      if (!timer) flush()
    },
    async forgetOthers(names: string[]) {
      const kv = await (await bus).bucket('functions')
      for (const { key } of await readBucket(await bus, 'functions'))
        if (!names.includes(key)) await kv.purge(key)
    },
  }
}
