/** Numeric, so that no name service is asked on the way to a desktop. */
export type Identity = { uid: number; gid: number; groups?: number[] }

/** Starts `command` as an unprivileged user without any capability. `dieWith`: when the runner dies, it dies. */
export const setpriv = (user: Identity, command: string[], { dieWith = true } = {}): string[] => [
  'setpriv',
  `--reuid=${user.uid}`,
  `--regid=${user.gid}`,
  user.groups?.length ? `--groups=${user.groups.join(',')}` : '--clear-groups',
  '--inh-caps=-all',
  '--bounding-set=-all',
  '--no-new-privs',
  ...(dieWith ? ['--pdeathsig=KILL'] : []),
  '--',
  ...command,
]
