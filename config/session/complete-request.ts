import type { Catalogue } from '../catalogue.ts'
import type { CreateRequest } from '../contract/commands.ts'
import type { Request } from '../contract/facts.ts'
import { DartsError } from '../errors.ts'
import { lifetimeSeconds } from '../lifetime.ts'
import type { Settings } from '../settings.ts'

/**
 * The request with every choice made, from the machine's and the site's defaults.
 * @throws DartsError `machine-unknown` | `flavor-not-offered` with what is offered
 */
export function completeRequest(
  asked: CreateRequest,
  catalogue: Catalogue,
  settings: Pick<Settings, 'lifetimes' | 'lifetimeDefault'>,
  now: Date,
): Request {
  const machine = catalogue.get(asked.machine)
  if (!machine)
    throw new DartsError(
      'machine-unknown',
      `machine ${asked.machine}: there are ${[...catalogue.keys()].join(', ')}`,
    )
  const cpus = chosen('cpus', asked.cpus, machine.flavor.cpus)
  const memory = chosen('memory', asked.memory, machine.flavor.memory)
  const lifetime = allowedLifetime(asked.lifetime ?? settings.lifetimeDefault, settings.lifetimes)
  const createdAt = now.toISOString()
  const expiresAt = new Date(now.getTime() + lifetime * 1000).toISOString()
  return { machine: machine.name, cpus, memory, lifetime, createdAt, expiresAt }
}

function chosen(
  what: string,
  asked: number | undefined,
  offer: { choices: number[]; default: number },
): number {
  const value = asked ?? offer.default
  if (offer.choices.includes(value)) return value
  throw new DartsError('flavor-not-offered', `${what} ${value}: choose one of ${offer.choices.join(', ')}`)
}

function allowedLifetime(asked: string | number, offered: string[]): number {
  const seconds = secondsOf(asked)
  const longest = Math.max(...offered.map(lifetimeSeconds))
  if (seconds <= longest) return seconds
  throw new DartsError('flavor-not-offered', `lifetime ${asked}: at most ${longest} seconds`)
}

function secondsOf(asked: string | number): number {
  try {
    return lifetimeSeconds(asked)
  } catch (cause) {
    throw new DartsError('bad-request', (cause as Error).message, { cause })
  }
}
