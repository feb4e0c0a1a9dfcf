/** Bounds of a program that reads what cannot be trusted: seconds of CPU, bytes of memory. */
export const prlimit = (limits: { cpu: number; memory: number }, command: string[]): string[] => [
  'prlimit',
  `--cpu=${limits.cpu}`,
  `--as=${limits.memory}`,
  '--core=0',
  '--',
  ...command,
]
