import { QEMU } from './commands/qemu.ts'
import { setpriv } from './commands/setpriv.ts'
import type { Context } from './context.ts'
import { uuidOf } from './identity.ts'
import { limitsOf } from './limits/limits.ts'
import { patiently } from './priority.ts'
import type { SessionFiles } from './session-files.ts'
import type { Spawned } from './spawn-detached.ts'
import type { Flavor } from './templates/template.ts'

export type QemuJob = {
  args: string[]
  flavor: Pick<Flavor, 'cpus' | 'memory'>
  files: Pick<SessionFiles, 'id' | 'log'>
  /** It takes processor time only where nobody else wants it. */
  patient?: boolean
}

/**
 * Starts a QEMU that outlives the runner, within its limits. setpriv drops everything before the exec, since the
 * sandbox denies it after.
 */
export async function spawnQemu(
  { limiter, settings, users }: Pick<Context, 'limiter' | 'settings' | 'users'>,
  { args, flavor, files, patient = false }: QemuJob,
): Promise<Spawned> {
  const uuid = uuidOf(files.id)
  const command = setpriv(users.vm, [QEMU, ...args], { dieWith: false })
  // An earlier try may have left a group in which something was killed.
  await limiter.remove(uuid)
  return limiter.start({
    uuid,
    limits: limitsOf(flavor, settings.memoryOverhead),
    patient,
    command: patient ? patiently(command) : command,
    log: files.log,
  })
}
