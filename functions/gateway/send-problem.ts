import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { DartsError } from '../../config/errors.ts'
import { problem } from '../runtime/http-app.ts'

export async function sendProblem(outgoing: ServerResponse, error: DartsError): Promise<void> {
  const answer = problem(error)
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
  outgoing.end(await answer.text())
}

/** Refuses a websocket before it is one. */
export async function refuseUpgrade(socket: Duplex, error: DartsError): Promise<void> {
  const body = await problem(error).text()
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    'connection: close',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
