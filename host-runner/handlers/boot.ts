import { chown, copyFile } from 'node:fs/promises'
import { DartsError } from '../../config/errors.ts'
import { qemuArgs } from '../commands/qemu.ts'
import type { Context } from '../context.ts'
import { findQemu } from '../find-qemu.ts'
import { GREETS_WITHIN, greet } from '../greet.ts'
import { killProcess, type ProcessId } from '../processes.ts'
import { unlessAborted } from '../promises.ts'
import { OVMF, qemuSpecOf } from '../qemu-spec-of.ts'
import { Qmp } from '../qmp.ts'
import { makeSocketFolders, manifestOf, readManifest, writeManifest } from '../session-files.ts'
import { spawnQemu } from '../spawn-qemu.ts'
import type { Session, StepDone } from '../steps.ts'
import { connectWhenThere } from '../unix-socket.ts'
import { machineOf } from './create-overlay.ts'
import { monitor } from './monitor.ts'

/** Starts the session's QEMU, or takes over the one that runs already. */
export async function boot(context: Context, session: Session, signal: AbortSignal): Promise<StepDone> {
  const { accel } = await unlessAborted(context.engine, signal)
  const booted = { fact: 'booted', accel, start: 'cold' } as const
  const done: StepDone = { order: 'advance', facts: [booted] }
  const desktop = context.desktops.get(session.id)
  // That it is ready was not taken while the bus did not take that it is booted, and is not told again.
  if (desktop?.isReady) return { order: 'advance', facts: [booted, { fact: 'ready' }] }
  if (desktop) return done
  const running = await findQemu(session.files)
  if (running && (await adopt(context, session, running, signal))) return done
  if (running) await killProcess(running)
  await start(context, session, signal)
  return done
}

async function start(context: Context, session: Session, signal: AbortSignal): Promise<void> {
  const { files, record } = session
  const { users, folders, settings } = context
  const machine = machineOf(context, session)
  const { request } = record.state
  if (!request || !(await readManifest(files)))
    throw new DartsError('internal', `${files.folder} is not complete`)
  const engine = await context.engine
  await makeSocketFolders(files, users)
  if (machine.boot.firmware === 'uefi') {
    await copyFile(OVMF.vars, files.vars)
    await chown(files.vars, users.vm.uid, users.vm.gid)
  }
  const spec = qemuSpecOf({
    id: session.id,
    machine,
    cpus: request.cpus,
    memory: { kind: 'anonymous', size: request.memory },
    files,
    engine,
    images: folders.images,
  })
  signal.throwIfAborted()
  const qemu = await spawnQemu(context, { args: qemuArgs(spec), flavor: request, files })
  const running = { accel: engine.accel, start: 'cold' } as const
  const manifest = manifestOf(record, settings.host, spec.uuid, qemu.process, running)
  await writeManifest(files, manifest)
  try {
    await monitor(context, session, await greet(files, qemu, signal), qemu, machine.ready)
  } catch (thrown) {
    await killProcess(qemu.process)
    throw thrown
  }
}

/** Takes over a QEMU that an earlier runner started. False when it does not answer. */
export async function adopt(
  context: Context,
  session: Session,
  process: ProcessId,
  signal: AbortSignal,
): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(GREETS_WITHIN)])
  try {
    const qmp = await Qmp.open(await connectWhenThere(session.files.qmp, limit), limit)
    // One that was ready stays so: what its probes waited for has been, and does not come again.
    const { ready } = machineOf(context, session)
    const probes = session.record.state.state === 'ready' ? undefined : ready
    await monitor(context, session, qmp, { process }, probes)
    session.log.info({ pid: process.pid }, 'adopted')
    return true
  } catch (error) {
    signal.throwIfAborted()
    session.log.warn({ err: error, pid: process.pid }, 'its QEMU does not answer')
    return false
  }
}
