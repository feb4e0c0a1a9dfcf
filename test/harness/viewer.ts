import { once } from 'node:events'
import { createWebSocketStream, WebSocket } from 'ws'
import type { Ticket } from '../../config/contract/api.ts'
import { Rfb } from './rfb.ts'
import type { Services } from './services.ts'

type Site = Pick<Services, 'url' | 'api'>

export async function ticketFor({ api }: Site, session: string): Promise<string> {
  const answer = await api(`/api/sessions/${session}/tickets`, { method: 'POST' })
  if (answer.status !== 201) throw new Error(`no ticket: ${answer.status} ${await answer.text()}`)
  return ((await answer.json()) as Ticket).ticket
}

export function displaySocketOf(
  { url }: Pick<Site, 'url'>,
  session: string,
  ticket: string,
  origin = url,
): WebSocket {
  const address = `${url.replace('http', 'ws')}/api/sessions/${session}/display`
  return new WebSocket(address, ['binary', `ticket.${ticket}`], { origin, perMessageDeflate: false })
}

/** HTTP status with which a display was refused, or 101. */
export function statusOf(socket: WebSocket): Promise<number> {
  return new Promise(resolve => {
    socket.once('unexpected-response', (_, answer) => resolve(answer.statusCode ?? 0))
    socket.once('open', () => resolve(101))
    socket.once('error', () => {})
  })
}

/** A viewer of a session, with its ticket, as the page opens it. */
export async function openDisplay(site: Site, session: string): Promise<{ rfb: Rfb; socket: WebSocket }> {
  const socket = displaySocketOf(site, session, await ticketFor(site, session))
  // Before it is open: the first bytes of the display may come along with the answer that opens it.
  const stream = createWebSocketStream(socket)
  await once(socket, 'open')
  return { rfb: await Rfb.open(stream), socket }
}
