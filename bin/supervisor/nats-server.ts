import { chownSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DartsError } from '../../config/errors.ts'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import type { Owner } from './credentials.ts'
import { lastLines } from './last-lines.ts'
import { accounts, natsConfig } from './nats-config.ts'
import type { NatsUser } from './nats-users.ts'

export const natsFiles = (settings: Settings) => {
  const { nats, logs } = folders(settings)
  return {
    config: join(settings.state, 'nats.conf'),
    users: join(settings.state, 'nats-users.conf'),
    pid: join(settings.run, 'nats', 'server.pid'),
    ports: join(settings.run, 'nats'),
    store: nats,
    log: join(logs, 'nats.log'),
  }
}

/**
 * Writes the configuration anew. It is root's, in folders of root's: the server's user may read it, and has its store
 * and its ports file in folders of its own.
 */
export function writeNatsConfig(settings: Settings, users: NatsUser[], owner: Owner): void {
  const files = natsFiles(settings)
  for (const folder of [files.store, files.ports]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chownSync(folder, owner.uid, owner.gid)
  }
  const config = {
    store: files.store,
    portsFolder: files.ports,
    pidFile: files.pid,
    usersFile: basename(files.users),
  }
  writeForServer(files.config, natsConfig({ port: settings.natsPort, ...config }), owner)
  writeForServer(files.users, accounts(users), owner)
}

function writeForServer(file: string, text: string, owner: Owner): void {
  writeFileSync(file, text, { mode: 0o640 })
  chownSync(file, 0, owner.gid)
}

/**
 * Waits until the server has told its port. `pid` is asked anew, since one that ended may have been started again.
 * @throws DartsError `bus-unavailable` with the server's last log lines when the signal is aborted before
 */
export async function natsAddress(
  settings: Settings,
  pid: () => number | undefined,
  signal: AbortSignal,
): Promise<string> {
  const files = natsFiles(settings)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const look = () => {
    const url = readAddress(join(files.ports, `nats-server_${pid()}.ports`))
    if (url) resolve(url)
  }
  const watcher = watch(files.ports, look)
  const giveUp = () => {
    const said = lastLines(files.log).join('; ')
    reject(new DartsError('bus-unavailable', `the embedded NATS server does not run: ${said}`))
  }
  signal.addEventListener('abort', giveUp, { once: true })
  look()
  try {
    return await promise
  } finally {
    watcher.close()
    signal.removeEventListener('abort', giveUp)
  }
}

/** Nothing while the server has not written the whole file. */
function readAddress(ports: string): string | undefined {
  try {
    return JSON.parse(readFileSync(ports, 'utf8')).nats[0]
  } catch {
    return undefined
  }
}

/**
 * Makes the embedded server know new users: it is ended, and its supervisor starts it again. NATS 2.9 does read new
 * accounts on a signal, but not what they import. @throws DartsError `bus-unavailable` when none runs
 */
export function restartNats(settings: Settings, users: NatsUser[], owner: Owner): void {
  const files = natsFiles(settings)
  const pid = Number(readFileSync(files.pid, 'utf8'))
  // The file is the server's own: what it names must be a server before root sends it a signal.
  if (!(pid > 1) || readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'nats-server')
    throw new DartsError('bus-unavailable', `${files.pid} names no nats-server`)
  writeForServer(files.users, accounts(users), owner)
  process.kill(pid, 'SIGTERM')
}
