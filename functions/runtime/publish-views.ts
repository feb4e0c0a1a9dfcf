import type { Bus } from '../../config/bus/connect.ts'
import type { FunctionView } from '../../config/contract/api.ts'
import type { Log } from '../../config/log.ts'

const INTERVAL = 500

/** Keeps the bucket `functions` up to date: at once when a function was quiet, else twice a second. */
export function publishViews(bus: Promise<Bus>, log: Log) {
  const known = new Map<string, FunctionView>()
  const waiting = new Map<string, FunctionView>()
  let timer: NodeJS.Timeout | undefined

  async function flush() {
    if (waiting.size === 0) {
      timer = undefined
      return
    }
    const views = [...waiting.values()]
    waiting.clear()
    timer = setTimeout(flush, INTERVAL)
    try {
      const kv = await (await bus).bucket('functions')
      await Promise.all(views.map(view => kv.put(view.name, JSON.stringify(view))))
    } catch (err) {
      log.warn({ err }, 'could not tell the state of the functions, will be tried again')
      for (const { name } of views) waiting.set(name, known.get(name) as FunctionView)
    }
  }

  // A server that comes back may have lost its store.
  void bus.then(({ onReconnect }) =>
    onReconnect(() => {
      for (const view of known.values()) waiting.set(view.name, view)
      if (!timer) flush()
    }),
  )

  return {
    changed(view: FunctionView) {
      known.set(view.name, view)
      waiting.set(view.name, view)
      if (!timer) flush()
    },
    async forgetOthers(names: string[]) {
      const kv = await (await bus).bucket('functions')
      for await (const key of await kv.keys()) if (!names.includes(key)) await kv.purge(key)
    },
  }
}
