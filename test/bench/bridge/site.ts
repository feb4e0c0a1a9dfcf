import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { sessionStore } from '../../../config/bus/session-store.ts'
import { newSessionId } from '../../../config/contract/names.ts'
import { displaySocket, folders } from '../../../config/folders.ts'
import { issueTicket } from '../../../functions/sessions/tickets.ts'
import { type Services, startServices } from '../../harness/services.ts'
import type { Address } from './connection.ts'
import { startDisplay } from './programs.ts'
import { startWebsockify } from './websockify.ts'

export type Site = {
  gateway: { pid: number; addresses(count: number): Promise<Address[]> }
  websockify: { pid: number; addresses(count: number): Promise<Address[]> }
  /** The display itself. */
  direct: Address
  stop(): Promise<void>
}

/** One display, and in front of it the gateway with a session of its own, and websockify. */
export async function startSite(): Promise<Site> {
  await using undo = new AsyncDisposableStack()
  const services = await startServices()
  undo.defer(services.stop)
  const session = await readySession(services)
  const path = displaySocket(folders(services.settings), session)
  mkdirSync(dirname(path), { recursive: true })
  undo.defer((await startDisplay(path)).stop)
  const websockify = await startWebsockify(path)
  undo.defer(websockify.stop)

  const port = Number(new URL(services.url).port)
  const url = `/api/sessions/${session}/display`
  const ours = async (): Promise<Address> => {
    const { ticket } = await issueTicket(services.bus, { session, principal: 'admin' })
    return { port, url, protocols: ['binary', `ticket.${ticket}`] }
  }
  const running = undo.move()
  return {
    gateway: {
      pid: services.processes.gateway.pid ?? 0,
      addresses: count => Promise.all(Array.from({ length: count }, ours)),
    },
    websockify: {
      pid: websockify.pid,
      addresses: async count => Array.from({ length: count }, () => websockify.address),
    },
    direct: { path },
    stop: () => running.disposeAsync(),
  }
}

/** The record of a session that has gone all the way, on a host that does not run. */
async function readySession({ bus }: Services): Promise<string> {
  const id = newSessionId()
  const store = sessionStore(bus, 'bench')
  const request = {
    machine: 'plain',
    cpus: 1,
    memory: 1024,
    lifetime: 86_400,
    createdAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  }
  await store.change(id, { order: 'create', request }, { owner: 'admin', correlationid: 'bench' })
  await store.change(id, { order: 'place', host: 'elsewhere', start: 'warm' })
  await store.change(id, {
    order: 'advance',
    facts: [{ fact: 'booted', accel: 'tcg', start: 'warm' }, { fact: 'ready' }],
  })
  return id
}
