import type { ProcessId } from './processes.ts'
import type { Qmp } from './qmp.ts'

/** A running QEMU that is monitored over its one control connection. */
export type Desktop = {
  qmp: Qmp
  process: ProcessId
  /** Its probes have passed. */
  isReady: boolean
  /** Stops monitoring; the desktop runs on, and the connection stays for whoever ends it. */
  release(): void
}
