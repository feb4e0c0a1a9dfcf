import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { DartsError } from '../config/errors.ts'
import { Qmp } from './qmp.ts'
import { lastLines } from './run.ts'
import type { SessionFiles } from './session-files.ts'
import type { Spawned } from './spawn-detached.ts'
import { connectWhenThere } from './unix-socket.ts'

/** Milliseconds until QEMU must have made its sockets; the guest's own start is not part of it. */
export const GREETS_WITHIN = 60_000
const ENDS_WITHIN = 500

/** The first answer of a new QEMU. @throws DartsError `boot-failed` with why there is none */
export async function greet(
  files: Pick<SessionFiles, 'qmp' | 'log'>,
  { ended }: Spawned,
  signal: AbortSignal,
): Promise<Qmp> {
  const over = new AbortController()
  const limit = AbortSignal.any([signal, over.signal, AbortSignal.timeout(GREETS_WITHIN)])
  const died = ended.then(async how => {
    over.abort()
    throw new DartsError('boot-failed', `QEMU: ${how}\n${lastLines(await readFile(files.log, 'utf8'))}`)
  })
  // Its later death is the monitor's matter.
  died.catch(() => {})
  return Promise.race([
    connectWhenThere(files.qmp, limit).then(socket => Qmp.open(socket, limit)),
    died,
  ]).catch(async thrown => {
    signal.throwIfAborted()
    // A connection that was closed is how its end is seen first: why it ended is known a moment later.
    await Promise.race([died, sleep(ENDS_WITHIN)])
    throw asBootFailed(thrown)
  })
}

const asBootFailed = (thrown: unknown) =>
  thrown instanceof DartsError
    ? thrown
    : new DartsError('boot-failed', `QEMU did not answer: ${(thrown as Error).message}`, { cause: thrown })
