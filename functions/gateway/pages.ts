import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

type Site = Hono<{ Bindings: { known: boolean } }>

/** The static pages. Everything comes from this origin; nothing inline is executed or styled. */
export function pages(dist: string): Site {
  const page = (name: string) => readFileSync(join(dist, `${name}.html`), 'utf8')
  const html = { landing: page('index'), session: page('session'), login: page('login') }
  const app = new Hono<{ Bindings: { known: boolean } }>()
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      strictTransportSecurity: false,
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
    }),
  )
  app.get('/assets/*', async (c, next) => {
    c.header('cache-control', 'no-cache')
    await next()
  })
  app.get('/assets/*', serveStatic({ root: dist, precompressed: false }))
  app.get('/', c => (c.env.known ? c.html(html.landing) : c.html(html.login, 401)))
  app.get('/s/:id', c => (c.env.known ? c.html(html.session) : c.html(html.login, 401)))
  app.get('/login', c => c.html(html.login))
  return app
}
