import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { ENVIRONMENT, UMASK } from './commands/qemu-environment.ts'
import { type ProcessId, startTimeOf } from './processes.ts'

export type Spawned = {
  process: ProcessId
  /** Settles when it has ended, with how. */
  ended: Promise<string>
}

/**
 * Starts a program that outlives the runner: a process group of its own, its output on a file that root has opened,
 * nothing else inherited from us. Not through `run`: that is for what ends with us.
 */
export async function spawnDetached(command: string[], log: string): Promise<Spawned> {
  const [file = '', ...args] = command
  await using output = await open(log, 'a', 0o600)
  // The umask belongs to the whole process, so it is changed only around the fork, which is synchronous; whatever else
  // the runner makes gets its mode by chmod.
  const before = process.umask(UMASK)
  const child = spawn(file, args, {
    cwd: '/',
    env: ENVIRONMENT,
    stdio: ['ignore', output.fd, output.fd],
    detached: true,
  })
  process.umask(before)
  child.unref()
  const ended = once(child, 'exit').then(
    ([code, signal]) => (signal ? `killed by ${signal}` : `exit code ${code}`),
    (error: Error) => error.message,
  )
  const { pid } = child
  const startTime = pid === undefined ? undefined : await startTimeOf(pid)
  if (pid === undefined || startTime === undefined) throw new Error(`QEMU did not start: ${await ended}`)
  return { process: { pid, startTime }, ended }
}
