import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { DartsError } from '../../config/errors.ts'
import { sendProblem } from './send-problem.ts'

const agent = new Agent({ keepAlive: true, maxFreeSockets: 64 })

/** Headers that speak of one connection only, and those by which the gateway itself tells who calls. */
const DROPPED = /^(connection|keep-alive|upgrade|te|trailer|proxy-.*|darts-.*|authorization|cookie)$/

/** Hands a request to the function behind a unix socket, with what it is told, and its answer back, both as streams. */
export function forward(
  socketPath: string,
  told: Record<string, string>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined && !DROPPED.test(name)) headers[name] = value
  Object.assign(headers, told)
  const { method = 'GET', url = '/' } = incoming
  const request = httpRequest({ agent, socketPath, method, path: url, headers }, answer => {
    const { connection: _, 'keep-alive': __, ...rest } = answer.headers
    outgoing.writeHead(answer.statusCode ?? 502, rest)
    outgoing.flushHeaders()
    pipeline(answer, outgoing, () => {})
  })
  request.once('error', cause => {
    if (outgoing.headersSent) outgoing.destroy()
    else
      sendProblem(
        outgoing,
        new DartsError('function-unavailable', `${method} ${url.split('?')[0]}`, { cause }),
      )
  })
  outgoing.once('close', () => request.destroy())
  pipeline(incoming, request, () => {})
}
