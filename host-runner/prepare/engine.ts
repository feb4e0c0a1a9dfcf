import type { Accel } from '../../config/contract/facts.ts'

/** How QEMU runs on this host. */
export type Engine = { accel: Accel; version: string; machineType: string }
