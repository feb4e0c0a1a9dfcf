import { createHash, randomBytes } from 'node:crypto'
import type { KV } from '@nats-io/kv'
import * as v from 'valibot'
import { parseTold } from './read-bucket.ts'

/** Who a secret (the token of a start, or a browser's cookie) stands for. Only its hash is stored. */
export const Login = v.object({
  principal: v.string(),
  role: v.picklist(['user', 'admin']),
  kind: v.picklist(['token', 'cookie']),
  createdAt: v.string(),
  expiresAt: v.string(),
})
export type Login = v.InferOutput<typeof Login>

export const COOKIE = 'darts'
/** A browser stays logged in for this long, in seconds. */
export const COOKIE_AGE = 7 * 86_400

export const newSecret = () => randomBytes(24).toString('base64url')
export const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')

export async function storeLogin(kv: KV, secret: string, login: Omit<Login, 'createdAt'>): Promise<void> {
  await kv.put(hashOf(secret), JSON.stringify({ ...login, createdAt: new Date().toISOString() }))
}

/** The login behind a secret, unless it is unknown or over. */
export async function readLogin(kv: KV, secret: string, now = Date.now()): Promise<Login | undefined> {
  const entry = await kv.get(hashOf(secret))
  if (entry?.operation !== 'PUT') return undefined
  const login = parseTold(Login, { key: entry.key, value: entry.string() })
  return login && Date.parse(login.expiresAt) > now ? login : undefined
}
