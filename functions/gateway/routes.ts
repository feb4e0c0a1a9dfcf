import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import type { Folders } from '../../config/folders.ts'
import type { Manifest } from '../runtime/manifest.ts'
import { functionSocket } from '../runtime/serve.ts'

/** Which function's socket answers a path; undefined: none does. */
export function routeTable(
  manifests: Manifest[],
  run: Pick<Folders, 'functions'>,
): (path: string) => string | undefined {
  const router = new SmartRouter<string>({ routers: [new RegExpRouter(), new TrieRouter()] })
  for (const { name, routes } of manifests)
    for (const route of routes) router.add('ALL', route, functionSocket(run, name))
  return path => router.match('ALL', path)[0][0]?.[0]
}
