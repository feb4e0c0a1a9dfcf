import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { qemuUuid } from '../find-qemu.ts'
import { findByUuid, killProcess, type ProcessId, waitUntilGone } from '../processes.ts'
import { Qmp } from '../qmp.ts'
import { removeSession } from '../session-files.ts'
import type { Session, StepDone } from '../steps.ts'
import { connectUnix } from '../unix-socket.ts'

/** Milliseconds that QEMU has to end by itself; its guest's disk is thrown away anyway. */
const GRACE = 3000

/** Leaves nothing of a session on this host. QEMU is gone before its disk is. */
export async function clean(
  context: Pick<Context, 'desktops' | 'limiter'>,
  session: Pick<Session, 'id' | 'files'>,
): Promise<StepDone> {
  const { id, files } = session
  const desktop = context.desktops.get(id)
  desktop?.release()
  const uuid = await qemuUuid(files)
  const running = desktop?.process ?? (await findByUuid(uuid))
  if (running) await endQemu(running, desktop?.qmp, files.qmp)
  desktop?.qmp.close()
  context.desktops.delete(id)
  await removeSession(context.limiter, uuid, files)
  return { order: 'cleaned' }
}

export async function endQemu(process: ProcessId, qmp: Qmp | undefined, socket: string): Promise<void> {
  try {
    const until = performance.now() + GRACE
    const limit = AbortSignal.timeout(GRACE)
    const control = qmp ?? (await Qmp.open(await connectUnix(socket), limit))
    await Promise.race([control.execute('quit'), control.closed, sleep(GRACE)])
    await waitUntilGone(process, until - performance.now())
  } catch {
    // It is stopped, hangs, or was half started: there is only one way left.
  }
  await killProcess(process)
}
