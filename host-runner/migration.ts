import { unlessAborted } from './promises.ts'
import type { Qmp } from './qmp.ts'

/**
 * Memory that is a file stays where it is: only the state of processors and devices goes through the migration.
 * `x-ignore-shared` is experimental by its name; QEMU's own tests cover it since 4.0.
 */
export const sharingMemory = (qmp: Qmp) =>
  qmp.execute('migrate-set-capabilities', {
    capabilities: [
      { capability: 'x-ignore-shared', state: true },
      { capability: 'events', state: true },
    ],
  })

/** Settles with the migration that is started next. */
export function migrated(qmp: Qmp, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  qmp.on('MIGRATION', ({ status }) => {
    if (status === 'completed') resolve()
    if (status === 'failed') reject(new Error('QEMU could not take the state of the frozen machine'))
  })
  qmp.closed.then(() => reject(new Error('QEMU ended')))
  const settled = unlessAborted(promise, signal)
  // Who waits for it may have failed before, at the command that starts it.
  settled.catch(() => {})
  return settled
}
