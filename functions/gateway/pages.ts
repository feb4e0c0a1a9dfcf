import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

type Site = Hono<{ Bindings: { known: boolean } }>

/** The static pages. Everything comes from this origin; nothing inline is executed or styled. */
export function pages(dist: string): Site {
  const page = (name: string) => readFileSync(join(dist, `${name}.html`), 'utf8')
  const html = {
    landing: page('index'),
    session: page('session'),
    admin: page('admin'),
    login: page('login'),
    sessionLogin: page('s-login'),
  }
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
  app.use(async (c, next) => {
    await next()
    // Assets have a hash of their content in their names, pages name the assets.
    const asset = c.req.path.startsWith('/assets/') && c.res.ok
    c.header('cache-control', asset ? 'public, max-age=31536000, immutable' : 'no-cache')
  })
  app.get('/assets/*', serveStatic({ root: dist }))
  app.get('/', c => (c.env.known ? c.html(html.landing) : c.html(html.login, 401)))
  app.get('/s/:id', c => (c.env.known ? c.html(html.session) : c.html(html.sessionLogin, 401)))
  // Whoever is logged in may see the page: what it shows is refused by the interface behind it.
  app.get('/admin', c => (c.env.known ? c.html(html.admin) : c.html(html.login, 401)))
  app.get('/login', c => c.html(html.login))
  return app
}
