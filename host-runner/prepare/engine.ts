import type { Accel } from '../commands/qemu-spec.ts'

/** How QEMU runs on this host. */
export type Engine = { accel: Accel; version: string; machineType: string }
