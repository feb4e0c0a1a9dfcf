import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  everything,
  externalGrant,
  hostRunnerGrant,
  type Permissions,
  permissionsOf,
} from '../../config/bus/permissions.ts'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import { grantOf, type Manifest, userOf } from '../../functions/runtime/manifest.ts'
import { ensureCredential, type Owner } from './credentials.ts'

/** `outside`: a program that is no part of DARTS. */
export type NatsUser = { user: string; nkey: string; permissions: Permissions; outside?: true }

/** Programs outside of DARTS have their seeds here, one file a principal. */
export const principalsFolder = (settings: Settings) => join(folders(settings).credentials, 'principals')

/** Everyone who may speak to NATS, with what they may say. Makes the credentials that are missing. */
export function natsUsers(settings: Settings, manifests: Manifest[], services: Owner): NatsUser[] {
  const { credentials } = folders(settings)
  const runner = `runner-${settings.host}`
  return [
    ...['supervisor', 'cli'].map(user => ({
      user,
      nkey: ensureCredential(credentials, user),
      permissions: permissionsOf(user, everything),
    })),
    {
      user: runner,
      nkey: ensureCredential(credentials, runner),
      permissions: permissionsOf(runner, hostRunnerGrant(settings.host)),
    },
    ...manifests.map(manifest => ({
      user: userOf(manifest),
      nkey: ensureCredential(credentials, userOf(manifest), services),
      permissions: permissionsOf(userOf(manifest), grantOf(manifest)),
    })),
    ...principals(settings).map(principal => ({
      user: principal,
      nkey: ensureCredential(principalsFolder(settings), principal),
      permissions: permissionsOf(principal, externalGrant(principal)),
      outside: true as const,
    })),
  ]
}

export function principals(settings: Settings): string[] {
  try {
    const files = readdirSync(principalsFolder(settings))
    return files.filter(file => file.endsWith('.nk')).map(file => file.slice(0, -3))
  } catch {
    return []
  }
}
