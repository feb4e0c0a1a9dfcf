import type { Context, Hono } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { COOKIE, COOKIE_AGE, newSecret, readLogin, storeLogin } from '../../config/bus/logins.ts'
import { LoginRequest, type Me } from '../../config/contract/api.ts'
import { DartsError, toDartsError } from '../../config/errors.ts'
import type { FunctionContext } from '../runtime/function.ts'
import { callerOf, httpApp, readBody } from '../runtime/http-app.ts'

/** Exchanges the token that `npm start` printed for a cookie of the browser's own. */
export async function http({ bus, log }: FunctionContext): Promise<Hono> {
  const logins = await bus.bucket('logins')
  const app = httpApp()

  async function logIn(c: Context, token: string) {
    const known = await readLogin(logins, token)
    if (known?.kind !== 'token') throw new DartsError('not-logged-in', 'this token is not valid (any more)')
    const secret = newSecret()
    const { principal, role } = known
    const expiresAt = new Date(Date.now() + COOKIE_AGE * 1000).toISOString()
    await storeLogin(logins, secret, { principal, role, kind: 'cookie', expiresAt })
    setCookie(c, COOKIE, secret, { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: COOKIE_AGE })
    log.info({ principal }, 'logged in')
  }

  /** The printed address: the browser goes on to the same page without the token. */
  app.get('/login/token', async c => {
    // An address of an earlier start leads to the log-in, or in, for who is logged in already.
    await logIn(c, c.req.query('token') ?? '').catch(error => {
      if (toDartsError(error).code !== 'not-logged-in') throw error
    })
    return c.redirect('./', 302)
  })

  app.post('/api/login', async c => {
    await logIn(c, (await readBody(c, LoginRequest)).token)
    return c.body(null, 204)
  })

  app.delete('/api/login', async c => {
    const { login } = callerOf(c)
    if (login) await logins.purge(login)
    deleteCookie(c, COOKIE, { path: '/' })
    return c.body(null, 204)
  })

  app.get('/api/me', c => {
    const { principal, role } = callerOf(c)
    return c.json({ principal, role } satisfies Me)
  })
  return app
}
