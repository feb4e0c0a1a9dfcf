import type { Spawned } from '../spawn-detached.ts'
import type { Limits } from './limits.ts'

/** A QEMU to be started. `patient`: it takes processor time only where nobody else wants it. */
export type Job = { uuid: string; limits: Limits; patient: boolean; command: string[]; log: string }

/**
 * How QEMUs are kept within their limits here: each in a group of its own, which is named after its uuid, is there from
 * its start, and is removed when nothing of it is left.
 */
export type Limiter = {
  way: 'systemd' | 'cgroup v2' | 'cgroup v1' | 'none'
  start(job: Job): Promise<Spawned>
  /** Gives one that was started patiently its share of the processors. */
  favour(uuid: string, limits: Limits): Promise<void>
  /** Whether the kernel has killed it because it was over its memory. */
  ranOutOfMemory(uuid: string): Promise<boolean>
  /** Ends whatever is left in the group, and the group. It need not be there. */
  remove(uuid: string): Promise<void>
  /** The uuid of every group of this state folder. */
  list(): Promise<string[]>
}
