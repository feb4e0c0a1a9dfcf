import type { IncomingMessage } from 'node:http'
import { parse } from 'hono/utils/cookie'
import type { Bus } from '../../config/bus/connect.ts'
import { COOKIE, hashOf, type Login, readLogin } from '../../config/bus/logins.ts'
import { watchBucket } from '../../config/bus/read-bucket.ts'

export type Caller = Pick<Login, 'principal' | 'role' | 'kind'> & { login: string }

const REMEMBERED = 30_000

/**
 * Who sends a request: the cookie of a browser or the Bearer token of a program, looked up by its hash. A login is
 * remembered for a moment; its end is heard from the bucket at once.
 */
export async function logins(bus: Bus) {
  const kv = await bus.bucket('logins')
  const known = new Map<string, { caller: Caller | undefined; until: number }>()
  const ended = async () => {
    for await (const login of watchBucket(bus, 'logins', new AbortController().signal))
      if (login) known.delete(login.key)
  }
  const watching = ended()

  async function callerOf(request: IncomingMessage): Promise<Caller | undefined> {
    const secret = secretOf(request)
    if (!secret) return undefined
    const login = hashOf(secret)
    const remembered = known.get(login)
    if (remembered && remembered.until > performance.now()) return remembered.caller
    const found = await readLogin(kv, secret)
    const caller = found && { principal: found.principal, role: found.role, kind: found.kind, login }
    if (known.size > 10_000) known.clear()
    if (caller) known.set(login, { caller, until: performance.now() + REMEMBERED })
    return caller
  }

  return { callerOf, watching }
}

function secretOf({ headers }: IncomingMessage): string | undefined {
  const bearer = /^Bearer ([A-Za-z0-9_-]{16,200})$/.exec(headers.authorization ?? '')
  return bearer?.[1] ?? parse(headers.cookie ?? '', COOKIE)[COOKIE]
}
