import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import * as v from 'valibot'
import { addressOf } from '../../config/bus/address.ts'
import { connectBus } from '../../config/bus/connect.ts'
import { Principal } from '../../config/contract/names.ts'
import { DartsError } from '../../config/errors.ts'
import { folders } from '../../config/folders.ts'
import { readSettings, type Settings } from '../../config/settings.ts'
import { readManifests } from '../../functions/runtime/manifest.ts'
import { systemUsers } from '../../host-runner/users.ts'
import { ensureCredential } from '../supervisor/credentials.ts'
import { accounts } from '../supervisor/nats-config.ts'
import { restartNats } from '../supervisor/nats-server.ts'
import { natsUsers, principalsFolder } from '../supervisor/nats-users.ts'

export function addCredentials(program: Command): void {
  const credentials = program.command('credentials').description('who may speak to NATS')
  credentials
    .command('add <principal>')
    .description(
      'let a program create, stop and hear sessions of its own; prints the file with its nkey seed',
    )
    .action((principal: string) => add(principal, readSettings()))
  credentials
    .command('config')
    .description("print the users as a part of an existing NATS server's configuration")
    .action(async () => {
      process.stdout.write(accounts(await users(readSettings())))
    })
}

async function add(principal: string, settings: Settings): Promise<void> {
  if (!v.is(Principal, principal) || /^(cli|supervisor|auditor)$|^(fn|runner)-/.test(principal))
    throw new DartsError(
      'bad-request',
      `principal ${JSON.stringify(principal)}: ${Principal.pipe[1].message}`,
    )
  const file = join(principalsFolder(settings), `${principal}.nk`)
  const known = existsSync(file)
  ensureCredential(principalsFolder(settings), principal)
  if (!known && !settings.natsUrl) {
    restartNats(settings, await users(settings), systemUsers().darts)
    await knownToNats(settings, principal, file)
  }
  process.stdout.write(`${file}\n`)
}

/** The server is back a moment later. */
async function knownToNats(settings: Settings, user: string, seedFile: string): Promise<void> {
  const bus = await connectBus({ url: addressOf(settings), user, seedFile, waitSeconds: 20 })
  await bus.close()
}

const users = async (settings: Settings) =>
  natsUsers(settings, await readManifests(folders(settings)), systemUsers().darts)
