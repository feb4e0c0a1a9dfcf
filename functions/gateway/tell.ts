import type { IncomingMessage } from 'node:http'
import type { Caller } from './logins.ts'

const LOOPBACK = /^(::ffff:)?127\.|^::1$/

/** What a function hears from the gateway about a request. Headers of these names that came with it were dropped. */
export function tellOf(
  incoming: IncomingMessage,
  caller: Caller | undefined,
  viewers: number,
): Record<string, string> {
  return {
    'darts-viewers': String(viewers),
    ...(isLocal(incoming) && { 'darts-local': 'yes' }),
    ...(caller && {
      'darts-principal': caller.principal,
      'darts-role': caller.role,
      'darts-login': caller.login,
    }),
  }
}

/** A program on this server, speaking for itself: a proxy names the one for whom it asks. */
const isLocal = ({ socket, headers }: IncomingMessage) =>
  LOOPBACK.test(socket.remoteAddress ?? '') &&
  headers['x-forwarded-for'] === undefined &&
  headers.forwarded === undefined
