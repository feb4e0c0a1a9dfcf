import { readdir } from 'node:fs/promises'
import { setPriority } from 'node:os'
import type { Clone } from './clones/clone.ts'
import type { Context } from './context.ts'
import { uuidOf } from './identity.ts'
import { limitsOf } from './limits/limits.ts'

const LAST = 19

/** Starts a program that takes processor time only where nobody else wants it. */
export const patiently = (command: string[]): string[] => ['nice', '-n', String(LAST), ...command]

/** Gives a clone its share again, in its group and by itself. On Linux each thread has a priority of its own. */
export async function promptly(
  { limiter, settings }: Pick<Context, 'limiter' | 'settings'>,
  { id, process: { pid }, template }: Clone,
): Promise<void> {
  const inItsGroup = limiter.favour(uuidOf(id), limitsOf(template, settings.memoryOverhead))
  const byItself = readdir(`/proc/${pid}/task`).then(threads => {
    for (const thread of threads) setPriority(Number(thread), 0)
  })
  await Promise.all([inItsGroup, byItself])
}
