import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { QEMU } from './commands/qemu.ts'
import { type Identity, setpriv } from './commands/setpriv.ts'
import { type ProcessId, startTimeOf } from './processes.ts'

export type Spawned = {
  process: ProcessId
  /** Settles when it has ended, with how. */
  ended: Promise<string>
}

/**
 * Starts a QEMU that outlives the runner: a process group of its own, its output on a file that root has opened,
 * nothing else inherited from us. setpriv drops everything before the exec, since the sandbox denies it after.
 * `command` may put a program in front of it. Not through `run`: that is for what ends with us.
 */
export async function spawnQemu(
  args: string[],
  user: Identity,
  log: string,
  command: (qemu: string[]) => string[] = qemu => qemu,
): Promise<Spawned> {
  const [file = '', ...rest] = command(setpriv(user, [QEMU, ...args], { dieWith: false }))
  await using output = await open(log, 'a', 0o600)
  // The gateway's group may connect to the sockets. The umask belongs to the whole process, so it is changed only
  // around the fork, which is synchronous; whatever else the runner makes gets its mode by chmod.
  const before = process.umask(0o007)
  const child = spawn(file, rest, {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' },
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
