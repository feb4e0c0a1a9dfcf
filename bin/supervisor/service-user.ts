import { readFileSync } from 'node:fs'
import { DartsError } from '../../config/errors.ts'
import type { Owner } from './credentials.ts'

/** The user and group ids of a system user, from the local files. */
export function systemUser(name: string): Owner {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(one => one.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  throw new DartsError('set-up', `there is no system user ${name}: start with npm start, which makes it`)
}

/** Arguments that start a program as a service user: no group of root's, no capability, no way to more. */
export const asUser = ({ uid, gid }: Owner, command: string[]): string[] => [
  'setpriv',
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--clear-groups',
  '--inh-caps=-all',
  '--bounding-set=-all',
  '--no-new-privs',
  '--',
  ...command,
]
