import { existsSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DartsError } from '../errors.ts'
import { folders } from '../folders.ts'
import type { Settings } from '../settings.ts'
import { type Bus, type BusOptions, connectBus } from './connect.ts'

/** The supervisor writes the address of the server here when everything is made on it; its port may be any free one. */
export const addressFile = (settings: Pick<Settings, 'run'>) => join(settings.run, 'nats.url')
export const seedFile = (settings: Settings, user: string) =>
  join(folders(settings).credentials, `${user}.nk`)

/** Connects as one of the NATS users that the set-up made: `runner-<host>`, `fn-<function>`, `supervisor`, `cli`. */
export async function connectAs(
  settings: Settings,
  user: string,
  wait: Pick<BusOptions, 'waitSeconds' | 'onWait'> = {},
): Promise<Bus> {
  return connectBus({ url: addressOf(settings), user, seedFile: seedFile(settings, user), ...wait })
}

/** @throws DartsError `bus-unavailable` when the embedded server was not started */
export const addressOf = (settings: Settings): string => settings.natsUrl || embeddedAddress(settings)

/** Written in place, so that who watches the file is woken. Empty while there is no server. */
export const tellAddress = (settings: Settings, url: string): void =>
  writeFileSync(addressFile(settings), url, { mode: 0o644 })

/** Resolves when the supervisor has told where the server is: a service loads its program meanwhile. */
export async function addressTold(settings: Settings): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = () => {
    if (readFileSync(addressFile(settings), 'utf8')) resolve()
  }
  const watcher = watch(addressFile(settings), look)
  look()
  await promise
  watcher.close()
}

function embeddedAddress(settings: Settings): string {
  const file = addressFile(settings)
  const address = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  if (address) return address
  throw new DartsError('bus-unavailable', `DARTS is not running here (no address in ${file})`)
}
