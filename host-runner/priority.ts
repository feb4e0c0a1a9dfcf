import { readdir } from 'node:fs/promises'
import { setPriority } from 'node:os'

const LAST = 19

/** Starts a program that takes processor time only where nobody else wants it. */
export const patiently = (command: string[]): string[] => ['nice', '-n', String(LAST), ...command]

/** Gives a process its share again. On Linux each thread has a priority of its own. */
export async function promptly(pid: number): Promise<void> {
  for (const thread of await readdir(`/proc/${pid}/task`)) setPriority(Number(thread), 0)
}
