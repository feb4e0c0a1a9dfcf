import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { connectAs } from '../../config/bus/address.ts'
import { consume } from '../../config/bus/consume.ts'
import { sessionStore } from '../../config/bus/session-store.ts'
import { parseEnvelope } from '../../config/contract/envelope.ts'
import { folders } from '../../config/folders.ts'
import { makeLog } from '../../config/log.ts'
import { readSettings } from '../../config/settings.ts'
import { calls } from './calls.ts'
import type { FunctionContext, FunctionModule } from './function.ts'
import { readManifests, subscriptionsOf, userOf } from './manifest.ts'
import type { Report, WorkerInput } from './reports.ts'
import { serve } from './serve.ts'
import { shareModules } from './share-modules.ts'

/* One function in a thread of its own: its module, its NATS connection, its socket. An error that nobody catches
 * ends the thread, and the runtime starts it anew. */

const { name } = workerData as WorkerInput
const settings = readSettings()
const manifest = (await readManifests(folders(settings))).find(one => one.name === name)
if (!manifest) throw new Error(`there is no function ${name}`)

const stop = new AbortController()
const log = makeLog(name)
const bus = await connectAs(settings, userOf(manifest))
const store = sessionStore(bus, name, (err, sessionId) => log.warn({ err, sessionId }, 'session left alone'))
const context: FunctionContext = { name, settings, bus, store, log, signal: stop.signal }
shareModules()
const module: FunctionModule = await import(pathToFileURL(join(manifest.folder, 'index.ts')).href)
const tell = (report: Report) => parentPort?.postMessage(report)
const call = calls(manifest, tell)
const closing: (() => unknown)[] = []

const { handle } = module
if (handle) {
  for (const { stream, name: durable, filter } of subscriptionsOf(manifest)) {
    closing.push(
      await consume(bus, {
        stream,
        name: durable,
        filter,
        concurrency: manifest.concurrency,
        onlyNew: stream === 'EVENTS',
        log,
        handle: message =>
          call(signal => {
            const envelope = parseEnvelope(message.data)
            return handle({ subject: message.subject, sequence: message.seq, envelope, signal }, context)
          }),
      }),
    )
  }
}
if (module.http) closing.push(await serve(await module.http(context), name, settings, call))

parentPort?.once('message', async () => {
  stop.abort()
  await Promise.all(closing.map(close => close()))
  await bus.close()
  process.exit(0)
})
tell({ report: 'running' })
await module.run?.(context)
