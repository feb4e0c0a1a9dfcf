import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import type { Owner } from './credentials.ts'

const LOG_SIZE = 10 * 2 ** 20

/** Makes the folders of a start with the owners and modes that keep the services apart. */
export function makeFolders(settings: Settings, services: Owner): void {
  const places = folders(settings)
  const root = { uid: 0, gid: 0 }
  const make = (folder: string, mode: number, { uid, gid }: Owner) => {
    mkdirSync(folder, { recursive: true })
    chownSync(folder, uid, gid)
    chmodSync(folder, mode)
  }
  make(settings.state, 0o711, root)
  make(settings.run, 0o711, root)
  make(places.logs, 0o2750, { uid: 0, gid: services.gid })
  make(places.credentials, 0o711, root)
  make(places.sessions, 0o711, root)
  make(places.compiled.root, 0o700, root)
  make(places.compiled.services, 0o700, services)
  // These may be a site's own, on a file system of its own: they are made, never changed.
  for (const folder of [places.images, places.siteFunctions, places.siteMachines])
    if (!existsSync(folder)) make(folder, 0o755, root)
  make(places.displays, 0o711, root)
  make(places.control, 0o711, root)
  make(places.functions, 0o700, services)
}

/** The log file of a process; a large one of earlier starts is kept once, beside it. */
export function logFileOf(settings: Settings, name: string): string {
  const file = join(folders(settings).logs, `${name}.log`)
  if (existsSync(file) && statSync(file).size > LOG_SIZE) renameSync(file, `${file}.1`)
  return file
}
