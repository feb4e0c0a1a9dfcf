import type { Job } from '../limits/limiter.ts'
import { weightOf } from './cgroup-layout.ts'
import { ENVIRONMENT, UMASK } from './qemu-environment.ts'

/** Makes a service of the program: it belongs to the first process from then on, not to whoever asked for it. */
export const systemdRun = (unit: string, { limits, patient, command, log }: Job): string[] => [
  'systemd-run',
  '--quiet',
  `--unit=${unit}`,
  // Returns when the program has been executed, or could not be.
  '--service-type=exec',
  ...Object.entries({
    MemoryMax: limits.memory,
    MemorySwapMax: limits.memory,
    CPUQuota: `${limits.cpus * 100}%`,
    CPUWeight: patient ? weightOf(0) : weightOf(limits.cpus),
    TasksMax: limits.tasks,
    OOMPolicy: 'kill',
    UMask: UMASK.toString(8).padStart(4, '0'),
    StandardOutput: `append:${log}`,
    StandardError: `append:${log}`,
  }).map(([name, value]) => `--property=${name}=${value}`),
  ...Object.entries(ENVIRONMENT).map(([name, value]) => `--setenv=${name}=${value}`),
  '--',
  // The manager replaces variables in arguments.
  ...command.map(argument => argument.replaceAll('$', '$$$$')),
]

/** Answers `NAME=VALUE` a line. */
export const showUnit = (unit: string): string[] => [
  'systemctl',
  'show',
  '--property=MainPID,ActiveState,Result',
  unit,
]

export const weighUnit = (unit: string, cpus: number): string[] => [
  'systemctl',
  'set-property',
  '--runtime',
  unit,
  `CPUWeight=${weightOf(cpus)}`,
]

/** Ends what runs in it. */
export const stopUnit = (unit: string): string[] => ['systemctl', 'stop', unit]
/** One that failed is kept by the manager, with how, until then. */
export const forgetUnit = (unit: string): string[] => ['systemctl', 'reset-failed', unit]
