import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Bus } from '../../config/bus/connect.ts'
import { type SessionStore, sessionStore } from '../../config/bus/session-store.ts'
import { DartsError, toDartsError } from '../../config/errors.ts'
import { displaySocket, type Folders } from '../../config/folders.ts'
import type { Log } from '../../config/log.ts'
import { hasDisplay, mayShow } from '../../config/session/state.ts'
import { bridge, type Viewer } from './bridge.ts'
import { bridgeWhenThere } from './bridge-when-there.ts'
import { isOurs } from './origin.ts'
import { readBuffers } from './read-buffers.ts'
import { refuseUpgrade } from './send-problem.ts'
import { redeem } from './tickets.ts'

const PATH = /^\/api\/sessions\/([a-z0-9]{10,32})\/display$/
const PROTOCOL = 'binary'
const TICKET = /^ticket\.([A-Za-z0-9_-]{16,200})$/
/** Largest message from a viewer: a clipboard, not a film. */
const MAX_PAYLOAD = 2 ** 20
const PING_EVERY = 10_000

/** Opens displays: right path → right origin → ticket → session with a display → bridge. */
export async function displays(bus: Bus, run: Pick<Folders, 'displays'>, limit: number, log: Log) {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_PAYLOAD,
    handleProtocols: () => PROTOCOL,
  })
  const store = sessionStore(bus, 'gateway')
  const tickets = await bus.bucket('tickets')
  const buffers = readBuffers()
  const pinging = setInterval(() => pingAll(server), PING_EVERY)

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
    socket.on('error', () => socket.destroy())
    try {
      const { session, ticket } = wanted(request)
      if (server.clients.size >= limit) throw new DartsError('service-full', `${limit} displays are open`)
      const { principal } = await redeem(tickets, ticket, session)
      const accept = () => accepted(server, request, socket, head)
      const path = displaySocket(run, session)
      if (await isThere(store, session)) await bridge(path, buffers, accept).catch(gone)
      else await bridgeWhenThere(bus, session, path, buffers, await accept())
      log.info({ sessionId: session, principal }, 'a viewer came')
    } catch (thrown) {
      const error = toDartsError(thrown)
      log.info({ code: error.code, reason: error.message }, 'a viewer was refused')
      await refuseUpgrade(socket, error)
    }
  }

  const close = () => {
    clearInterval(pinging)
    for (const viewer of server.clients) viewer.close(1012, 'the gateway is restarting')
  }
  /** Displays that are open, or will be as soon as they are there. */
  const viewers = () => server.clients.size
  return { upgrade, close, viewers }
}

function wanted(request: IncomingMessage): { session: string; ticket: string } {
  const session = PATH.exec(request.url ?? '')?.[1]
  if (!session) throw new DartsError('not-found', 'there is no display here')
  if (!isOurs(request.headers)) throw new DartsError('origin-refused', `origin ${request.headers.origin}`)
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim())
  const ticket = offered.map(name => TICKET.exec(name)?.[1]).find(found => found !== undefined)
  if (!offered.includes(PROTOCOL) || !ticket)
    throw new DartsError('ticket-invalid', 'offer the sub-protocols binary and ticket.<ticket>')
  return { session, ticket }
}

/** False when it is still to come. @throws DartsError `display-gone` */
async function isThere(store: SessionStore, session: string): Promise<boolean> {
  const record = await store.get(session)
  if (record && !mayShow(record.state.state)) throw new DartsError('display-gone')
  return record !== undefined && hasDisplay(record.state)
}

const accepted = (server: WebSocketServer, request: IncomingMessage, socket: Duplex, head: Buffer) =>
  new Promise<Viewer>((resolve, reject) => {
    if (socket.destroyed) return reject(new DartsError('bad-request', 'the viewer left'))
    socket.once('close', () => reject(new DartsError('bad-request', 'the viewer left')))
    server.handleUpgrade(request, socket, head, ws => {
      alive.add(ws)
      ws.on('pong', () => alive.add(ws))
      resolve({ ws, socket })
    })
  })

function gone(cause: unknown): never {
  if (cause instanceof DartsError) throw cause
  throw new DartsError('display-gone', 'the display socket cannot be opened', { cause })
}

/** Viewers that have answered since the last ping; a cable that was pulled is noticed by the second. */
const alive = new WeakSet<WebSocket>()

function pingAll(server: WebSocketServer) {
  for (const viewer of server.clients) {
    if (!alive.has(viewer)) viewer.terminate()
    else {
      alive.delete(viewer)
      viewer.ping()
    }
  }
}
