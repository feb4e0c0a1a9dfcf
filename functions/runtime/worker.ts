import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { addressTold, connectAs } from '../../config/bus/address.ts'
import { consume } from '../../config/bus/consume.ts'
import { sessionStore } from '../../config/bus/session-store.ts'
import { parseEnvelope } from '../../config/contract/envelope.ts'
import { readSubject } from '../../config/contract/subjects.ts'
import { makeLog, sessionLog } from '../../config/log.ts'
import { readSettings } from '../../config/settings.ts'
import { calls } from './calls.ts'
import type { FunctionContext, FunctionModule } from './function.ts'
import { httpApp } from './http-app.ts'
import { subscriptionsOf, userOf } from './manifest.ts'
import type { Report, WorkerInput } from './reports.ts'
import { serve } from './serve.ts'
import { shareModules } from './share-modules.ts'

/* One function in a thread of its own: its module, its NATS connection, its socket. An error that nobody catches
 * ends the thread, and the runtime starts it anew. */

const { manifest } = workerData as WorkerInput
const { name } = manifest
const settings = readSettings()
const stop = new AbortController()
const log = makeLog(name)
shareModules()
const module: FunctionModule = await import(pathToFileURL(join(manifest.folder, 'index.ts')).href)
await addressTold(settings)
const bus = await connectAs(settings, userOf(manifest))
const store = sessionStore(bus, name, (err, sessionId) => log.warn({ err, sessionId }, 'session left alone'))
const context: FunctionContext = { name, settings, bus, store, log, signal: stop.signal }
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
            const { subject, seq: sequence } = message
            const { traceparent } = envelope
            const bound = sessionLog(log, { id: readSubject(subject).session, traceparent })
            return handle({ subject, sequence, envelope, signal }, { ...context, log: bound })
          }),
      }),
    )
  }
}
const app = (await module.http?.(context)) ?? httpApp()
closing.push(await serve(app, name, settings, call))

parentPort?.once('message', async () => {
  stop.abort()
  await Promise.all(closing.map(close => close()))
  await bus.close()
  process.exit(0)
})
tell({ report: 'running' })
await module.run?.(context)
