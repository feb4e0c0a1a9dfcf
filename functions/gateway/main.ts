import { createServer, type IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { addressTold, connectAs } from '../../config/bus/address.ts'
import { traceIdOf, traceparentOf } from '../../config/contract/trace.ts'
import { toDartsError } from '../../config/errors.ts'
import { folders } from '../../config/folders.ts'
import { makeLog } from '../../config/log.ts'
import { readSettings } from '../../config/settings.ts'
import { untilStopped } from '../../config/until-stopped.ts'
import { readManifests } from '../runtime/manifest.ts'
import { crossSite } from './cross-site.ts'
import { displays } from './displays.ts'
import { forward } from './forward.ts'
import { logins } from './logins.ts'
import { pages } from './pages.ts'
import { isProbe, probes } from './probes.ts'
import { routeTable } from './routes.ts'
import { sendProblem } from './send-problem.ts'
import { tellOf } from './tell.ts'

/*
 *   probe ────▶ answered at once, by whoever it may be
 *   browser ──▶ who is it? ──┬─▶ a function's route: forwarded to its unix socket with the caller's name
 *                            ├─▶ a display: ticket, then bridged to QEMU's unix socket
 *                            └─▶ a static page
 */
const settings = readSettings()
const log = makeLog('gateway', settings.logLevel)
const places = folders(settings)
const manifests = await readManifests(places)
const limit = manifests.find(({ name }) => name === 'gateway')?.concurrency ?? 0
const others = manifests.filter(({ name }) => name !== 'gateway')
/** Without them a click does nothing. */
const needed = others.filter(({ essential }) => essential).map(({ name }) => name)
await addressTold(settings)
const bus = await connectAs(settings, 'fn-gateway')
const { callerOf, watching } = await logins(bus)
const socketOf = routeTable(others, places)
const display = await displays(bus, places, limit, log)
const site = pages(fileURLToPath(new URL('../../web/dist', import.meta.url)))

const probe = getRequestListener(probes(bus, places, needed).fetch)
const pageForKnown = getRequestListener(request => site.fetch(request, { known: true }))
const pageForStranger = getRequestListener(request => site.fetch(request, { known: false }))

const shouldUpgradeCallback = ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket'
const server = createServer({ shouldUpgradeCallback }, async (incoming, outgoing) => {
  const traceparent = traceparentOf(incoming.headers.traceparent)
  incoming.headers.traceparent = traceparent
  outgoing.setHeader('traceparent', traceparent)
  try {
    const url = new URL(incoming.url ?? '/', 'http://localhost')
    if (isProbe(url.pathname)) return await probe(incoming, outgoing)
    const caller = await callerOf(incoming)
    if (url.pathname === '/' && url.searchParams.has('token')) {
      incoming.url = `/login/token?${url.searchParams}`
      url.pathname = '/login/token'
    }
    const socket = socketOf(url.pathname)
    if (socket) {
      crossSite(incoming, caller)
      return forward(socket, tellOf(incoming, caller, display.viewers()), incoming, outgoing)
    }
    await (caller ? pageForKnown : pageForStranger)(incoming, outgoing)
  } catch (thrown) {
    const error = toDartsError(thrown)
    const where = { url: incoming.url?.split('?')[0], ...traceIdOf(traceparent) }
    if (error.status >= 500) log.error({ err: error, ...where }, 'could not answer')
    await sendProblem(outgoing, error)
  }
})
server.on('upgrade', display.upgrade)
server.headersTimeout = 10_000
server.once('error', error => {
  log.fatal({ err: error }, `cannot listen on ${settings.address}:${settings.port}`)
  process.exit(1)
})
server.listen(settings.port, settings.address, () => {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : settings.port
  log.info({ address: settings.address, port }, 'listening')
  process.send?.({ listening: port })
})

await Promise.race([untilStopped(), watching])
display.close()
server.close()
server.closeAllConnections()
await bus.close()
process.exit(0)
