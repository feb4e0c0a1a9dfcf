import type { ProcessId } from './processes.ts'
import type { Qmp } from './qmp.ts'

/** A running QEMU that is monitored over its one control connection. */
export type Desktop = {
  qmp: Qmp
  process: ProcessId
  /** Its probes have passed. */
  isReady: boolean
  /** When its QEMU has answered last, by the clock of `performance`. */
  answered: number
  /** Its silence was told. */
  isWarned: boolean
  /** Stops monitoring; the desktop runs on, and the connection stays for whoever ends it. */
  release(): void
}
