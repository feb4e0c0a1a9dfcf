import { readFileSync } from 'node:fs'
import { DartsError } from '../config/errors.ts'
import type { Identity } from './commands/setpriv.ts'

/** The system users that the set-up makes. */
export type Users = {
  /** Functions and gateway: their group may connect to displays. */
  darts: Identity
  /** QEMU, and what looks into images. */
  vm: Identity
  /** libguestfs. */
  images: Identity
}

/** @throws DartsError `set-up` when one is missing */
export function systemUsers(passwd = '/etc/passwd', group = '/etc/group'): Users {
  const users = entries(passwd)
  const kvm = entries(group).get('kvm')?.[0]
  const user = (name: string): Identity => {
    const [uid, gid] = users.get(name) ?? []
    if (uid && gid) return { uid, gid, groups: kvm && name !== 'darts' ? [kvm] : [] }
    throw new DartsError('set-up', `no system user ${name}: run npm start as root, it makes it`)
  }
  return { darts: user('darts'), vm: user('darts-vm'), images: user('darts-images') }
}

/** Name → the numeric fields after it: uid and gid of a user, gid of a group. */
const entries = (file: string) =>
  new Map(
    readFileSync(file, 'utf8')
      .split('\n')
      .map(line => line.split(':'))
      .map(([name = '', , ...numbers]) => [name, numbers.slice(0, 2).map(Number)] as const),
  )
