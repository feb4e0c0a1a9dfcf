import type { Flavor } from '../templates/template.ts'

/** What one QEMU may take of its host: bytes, whole processors, processes and threads. Its guest sees none of it. */
export type Limits = { memory: number; cpus: number; tasks: number }

/** A processor for what is no virtual one: display, disk, network. */
const ALLOWANCE = 1
/** QEMU's disk workers (64 at most), display, main loop, and room for what a newer one adds. */
const THREADS = 128
const MIB = 2 ** 20

/** `overhead` in MiB is what QEMU may need besides its guest's memory. */
export const limitsOf = ({ cpus, memory }: Pick<Flavor, 'cpus' | 'memory'>, overhead: number): Limits => ({
  memory: (memory + overhead) * MIB,
  cpus: cpus + ALLOWANCE,
  tasks: cpus + THREADS,
})
