import { createServer } from 'node:net'
import { DartsError } from '../../config/errors.ts'
import type { Settings } from '../../config/settings.ts'

/**
 * One supervisor for a state folder. An abstract unix socket is the lock: it ends with its process, however that
 * ends, and no child inherits it.
 * @throws DartsError `set-up` when another one runs
 */
export async function onlyOne(settings: Settings): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(`\0darts${settings.run}`, resolve)
  }).catch(cause => {
    throw new DartsError('set-up', `DARTS is running already with the state folder ${settings.state}`, {
      cause,
    })
  })
  server.unref()
}
