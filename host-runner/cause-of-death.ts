import { readFile } from 'node:fs/promises'
import type { Order } from '../config/session/decide.ts'
import type { Context } from './context.ts'
import { qemuUuid } from './find-qemu.ts'
import type { SessionFiles } from './session-files.ts'

/** What becomes of a session whose QEMU is gone, and what that wrote. */
export async function causeOfDeath({ limiter }: Pick<Context, 'limiter'>, files: SessionFiles) {
  const wrote = await readFile(files.log, 'utf8').catch(() => '')
  return { wrote, order: orderAfterDeath(wrote, await limiter.ranOutOfMemory(await qemuUuid(files))) }
}

/** QEMU's log holds why it ended when nobody listened; 6 is its ShutdownCause `guest-shutdown` (qapi/run-state.json). */
export function orderAfterDeath(wrote: string, outOfMemory: boolean): Order {
  if (outOfMemory) return { order: 'fail', code: 'out-of-memory' }
  return /qemu_system_shutdown_request reason=6\b/.test(wrote)
    ? { order: 'end', reason: 'powered-off' }
    : { order: 'fail', code: 'qemu-died' }
}
