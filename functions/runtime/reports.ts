import type { Manifest } from './manifest.ts'

/** What a function's worker tells the runtime; `call` numbers the calls of one worker. */
export type Report =
  | { report: 'running' }
  | { report: 'began'; call: number }
  | { report: 'ended'; call: number; milliseconds: number; failure?: string }

/** What a worker is started with. */
export type WorkerInput = { manifest: Manifest }
