/**
 * Starts a program of root in name spaces of its own for processes and mounts: when it is stopped, or the runner
 * dies, nothing that it started runs on and nothing that it mounted stays, not even below a folder that is removed next.
 */
export const contained = (command: string[]): string[] => [
  'setpriv',
  '--pdeathsig=KILL',
  '--',
  'unshare',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child=KILL',
  '--mount-proc',
  '--',
  ...command,
]
