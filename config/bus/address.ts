import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DartsError } from '../errors.ts'
import { folders } from '../folders.ts'
import type { Settings } from '../settings.ts'
import { type Bus, type BusOptions, connectBus } from './connect.ts'

/** The supervisor writes the address of the embedded server here, since its port may be any free one. */
export const addressFile = (settings: Settings) => join(settings.run, 'nats.url')
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

function embeddedAddress(settings: Settings): string {
  try {
    return readFileSync(addressFile(settings), 'utf8').trim()
  } catch (cause) {
    throw new DartsError('bus-unavailable', `DARTS is not running here (no ${addressFile(settings)})`, {
      cause,
    })
  }
}
