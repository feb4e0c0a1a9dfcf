import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { toDartsError } from '../../config/errors.ts'
import { type Folders, folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import type { calls } from './calls.ts'
import { problem } from './http-app.ts'

export const functionSocket = (run: Pick<Folders, 'functions'>, name: string) =>
  join(run.functions, `${name}.sock`)

/** Answered by the thread of each function itself, and not counted as a call. */
export const ALIVE = '/healthz'

/** Serves a function's app on its own unix socket, which only the gateway's user may open. */
export async function serve(app: Hono, name: string, settings: Settings, call: ReturnType<typeof calls>) {
  const path = functionSocket(folders(settings), name)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  rmSync(path, { force: true })
  const answer = (request: Request) =>
    call(async () => app.fetch(request), {
      refuse: true,
      failureOf: response => (response.status >= 500 ? `HTTP ${response.status}` : undefined),
    }).catch(thrown => problem(toDartsError(thrown)))
  const listener = getRequestListener(answer)
  const server = createServer((incoming, outgoing) =>
    incoming.url === ALIVE ? outgoing.end() : listener(incoming, outgoing),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  chmodSync(path, 0o600)
  return () => {
    server.close()
    server.closeAllConnections()
  }
}
