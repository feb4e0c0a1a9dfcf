import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createUser, fromSeed } from '@nats-io/nkeys'

export type Owner = { uid: number; gid: number }
const ROOT: Owner = { uid: 0, gid: 0 }

/**
 * The public key of a NATS user whose seed lies in `<folder>/<user>.nk`; made when it is missing. The file is
 * readable by its owner alone, the server's configuration holds public keys only. `<user>.pub` keeps the public key,
 * since deriving it takes 20 ms of every start.
 */
export function ensureCredential(folder: string, user: string, owner = ROOT): string {
  const [file, publicFile] = [join(folder, `${user}.nk`), join(folder, `${user}.pub`)]
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o711 })
    const seed = createUser().getSeed()
    writeFileSync(file, Buffer.concat([seed, Buffer.from('\n')]), { mode: 0o600 })
    writeFileSync(publicFile, fromSeed(seed).getPublicKey())
  }
  if (!existsSync(publicFile))
    writeFileSync(publicFile, fromSeed(readFileSync(file).subarray(0, 58)).getPublicKey())
  chownSync(file, owner.uid, owner.gid)
  // Whatever the umask: its owner signs in with both.
  chmodSync(publicFile, 0o644)
  return readFileSync(publicFile, 'utf8')
}
