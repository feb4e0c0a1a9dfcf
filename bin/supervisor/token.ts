import type { Bus } from '../../config/bus/connect.ts'
import { newSecret, storeLogin } from '../../config/bus/logins.ts'
import type { Settings } from '../../config/settings.ts'

const TEN_YEARS = 10 * 365 * 86_400_000

/** The token of this start. Those of earlier starts, and logins that are over, end here. */
export async function newToken(bus: Bus, { admins }: Settings): Promise<string> {
  const logins = await bus.bucket('logins')
  const keys: string[] = []
  for await (const key of await logins.keys()) keys.push(key)
  for (const key of keys) {
    const login = (await logins.get(key))?.json<{ kind: string; expiresAt: string }>()
    if (login?.kind === 'token' || Date.parse(login?.expiresAt ?? '') < Date.now()) await logins.purge(key)
  }
  const token = newSecret()
  const expiresAt = new Date(Date.now() + TEN_YEARS).toISOString()
  await storeLogin(logins, token, {
    principal: admins[0] ?? 'admin',
    role: 'admin',
    kind: 'token',
    expiresAt,
  })
  return token
}
