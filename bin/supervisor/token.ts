import type { Bus } from '../../config/bus/connect.ts'
import { type Login, newSecret, storeLogin } from '../../config/bus/logins.ts'
import { readBucket } from '../../config/bus/read-bucket.ts'
import type { Settings } from '../../config/settings.ts'

const TEN_YEARS = 10 * 365 * 86_400_000

export const newToken = newSecret

/** The tokens of earlier starts end here, and logins that are over. */
export async function endEarlierTokens(bus: Bus): Promise<void> {
  const logins = await bus.bucket('logins')
  for (const { key, value } of await readBucket(bus, 'logins')) {
    const { kind, expiresAt } = JSON.parse(value) as Pick<Login, 'kind' | 'expiresAt'>
    if (kind === 'token' || Date.parse(expiresAt) < Date.now()) await logins.purge(key)
  }
}

/** Stores the token of this start; also again, when the bus may have lost it. */
export async function storeToken(bus: Bus, { admins }: Settings, token: string): Promise<void> {
  const logins = await bus.bucket('logins')
  const expiresAt = new Date(Date.now() + TEN_YEARS).toISOString()
  await storeLogin(logins, token, {
    principal: admins[0] ?? 'admin',
    role: 'admin',
    kind: 'token',
    expiresAt,
  })
}
