import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createUser, fromSeed } from '@nats-io/nkeys'

export type Owner = { uid: number; gid: number }
const ROOT: Owner = { uid: 0, gid: 0 }

/**
 * The public key of a NATS user whose seed lies in `<folder>/<user>.nk`; made when it is missing. The file is
 * readable by its owner alone, the server's configuration holds public keys only.
 */
export function ensureCredential(folder: string, user: string, owner = ROOT): string {
  const file = join(folder, `${user}.nk`)
  if (existsSync(file)) {
    chownSync(file, owner.uid, owner.gid)
    return fromSeed(readFileSync(file).subarray(0, 58)).getPublicKey()
  }
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  const pair = createUser()
  writeFileSync(file, Buffer.concat([pair.getSeed(), Buffer.from('\n')]), { mode: 0o600 })
  chownSync(file, owner.uid, owner.gid)
  return pair.getPublicKey()
}
