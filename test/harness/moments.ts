import { existsSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Settings } from '../../config/settings.ts'
import { programsOf } from './invariants/programs.ts'

/** Resolves in the moment in which a file is there, whichever of the folders above it are still to be made. */
export async function appears(path: string): Promise<void> {
  const parent = dirname(path)
  if (!existsSync(parent)) await appears(parent)
  const { promise, resolve } = Promise.withResolvers<void>()
  using watcher = closing(
    watch(parent, (_, name) => {
      if (name === basename(path) && existsSync(path)) resolve()
    }),
  )
  watcher.once('error', () => resolve())
  if (!existsSync(path)) await promise
}

const closing = (watcher: ReturnType<typeof watch>) =>
  Object.assign(watcher, { [Symbol.dispose]: () => watcher.close() })

/** Resolves when a QEMU of this session is in the list of processes. */
export async function spawned(settings: Settings, id: string): Promise<void> {
  const isThere = async () => (await programsOf(settings)).some(program => program.id === id && program.qemu)
  for (const until = Date.now() + 30_000; Date.now() < until; await sleep(1)) if (await isThere()) return
  throw new Error(`no QEMU of ${id}`)
}
