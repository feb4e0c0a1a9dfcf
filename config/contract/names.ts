import { createHash, randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { DartsError } from '../errors.ts'

/** A user, program or function that publishes. Those of DARTS itself begin with `_`, so nobody can log in as one. */
export const Principal = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9=_-]{0,63}$/, 'a name of 1 to 64 of a-z 0-9 = _ -'),
)

/** Chosen by whoever creates the session; one NATS subject token, one file name. */
export const SessionId = v.pipe(v.string(), v.regex(/^[a-z0-9]{10,32}$/, '10 to 32 of a-z 0-9'))

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** 20 characters of base 32: 100 bits, out of chance or out of a principal and its idempotency key. */
export function newSessionId(seed?: { principal: string; key: string }): string {
  const bytes = seed
    ? createHash('sha256').update(`${seed.principal}\n${seed.key}`).digest()
    : randomBytes(20)
  return Array.from(bytes.subarray(0, 20), byte => ALPHABET[byte & 31]).join('')
}

/** @throws DartsError `bad-request` for subject tokens that are no names */
export function checkNames(principal: string, session: string): void {
  const systems = v.regex(/^_[a-z]+$/)
  if (!v.is(v.union([Principal, v.pipe(v.string(), systems)]), principal))
    throw new DartsError(
      'bad-request',
      `principal ${JSON.stringify(principal)}: ${Principal.pipe[1].message}`,
    )
  if (!v.is(SessionId, session))
    throw new DartsError('bad-request', `session ${JSON.stringify(session)}: ${SessionId.pipe[1].message}`)
}
