import type { Hono } from 'hono'
import type { Bus } from '../../config/bus/connect.ts'
import type { Folders } from '../../config/folders.ts'
import { httpApp } from '../runtime/http-app.ts'
import { readiness } from './readiness.ts'

export const isProbe = (path: string) => path === '/healthz' || path === '/readyz'

/** For whoever watches the service, without a log-in: is this process alive, and would a click be served? */
export function probes(bus: Bus, run: Pick<Folders, 'functions'>, needed: string[]): Hono {
  const ready = readiness(bus, run, needed)
  const app = httpApp()
  app.use(async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
  })
  app.get('/healthz', c => c.text('ok\n'))
  app.get('/readyz', async c => {
    const answer = await ready()
    return c.json(answer, answer.ready ? 200 : 503)
  })
  return app
}
