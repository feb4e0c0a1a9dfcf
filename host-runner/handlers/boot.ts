import { chown, copyFile, readFile } from 'node:fs/promises'
import { DartsError } from '../../config/errors.ts'
import { qemuArgs } from '../commands/qemu.ts'
import type { Context } from '../context.ts'
import { uuidOf } from '../identity.ts'
import { findByUuid, killProcess, type ProcessId } from '../processes.ts'
import { unlessAborted } from '../promises.ts'
import { OVMF, qemuSpecOf } from '../qemu-spec-of.ts'
import { Qmp } from '../qmp.ts'
import { lastLines } from '../run.ts'
import { makeSocketFolders, readManifest, writeManifest } from '../session-files.ts'
import { type Spawned, spawnQemu } from '../spawn-qemu.ts'
import type { Session, StepDone } from '../steps.ts'
import { connectWhenThere } from '../unix-socket.ts'
import { machineOf } from './create-overlay.ts'
import { monitor } from './monitor.ts'

/** Seconds until QEMU must have made its sockets; the guest's own start is not part of it. */
const LIMIT = 60_000

/** Starts the session's QEMU, or takes over the one that runs already. */
export async function boot(context: Context, session: Session, signal: AbortSignal): Promise<StepDone> {
  const { accel } = await unlessAborted(context.engine, signal)
  const done: StepDone = { order: 'advance', fact: { fact: 'booted', accel } }
  if (context.desktops.has(session.id)) return done
  const running = await findByUuid(uuidOf(session.id))
  if (running && (await adopt(context, session, running, signal))) return done
  if (running) await killProcess(running)
  await start(context, session, signal)
  return done
}

async function start(context: Context, session: Session, signal: AbortSignal): Promise<void> {
  const { files, record } = session
  const { users, folders } = context
  const machine = machineOf(context, session)
  const { request } = record.state
  const manifest = await readManifest(files)
  if (!request || !manifest) throw new DartsError('internal', `${files.folder} is not complete`)
  await makeSocketFolders(files, users)
  if (machine.boot.firmware === 'uefi') {
    await copyFile(OVMF.vars, files.vars)
    await chown(files.vars, users.vm.uid, users.vm.gid)
  }
  const spec = qemuSpecOf(session.id, machine, request, files, await context.engine, folders.images)
  signal.throwIfAborted()
  const qemu = await spawnQemu(qemuArgs(spec), users.vm, files.log)
  await writeManifest(files, { ...manifest, process: qemu.process })
  try {
    await monitor(context, session, await greet(session, qemu, signal), qemu)
  } catch (thrown) {
    await killProcess(qemu.process)
    throw thrown
  }
}

/** The first answer of a new QEMU, or why there is none. */
async function greet({ files }: Session, { ended }: Spawned, signal: AbortSignal): Promise<Qmp> {
  const over = new AbortController()
  const limit = AbortSignal.any([signal, over.signal, AbortSignal.timeout(LIMIT)])
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
    throw over.signal.aborted ? await died : asBootFailed(thrown)
  })
}

const asBootFailed = (thrown: unknown) =>
  thrown instanceof DartsError
    ? thrown
    : new DartsError('boot-failed', `QEMU did not answer: ${(thrown as Error).message}`, { cause: thrown })

/** Takes over a QEMU that an earlier runner started. False when it does not answer. */
export async function adopt(
  context: Context,
  session: Session,
  process: ProcessId,
  signal: AbortSignal,
): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT)])
  try {
    const qmp = await Qmp.open(await connectWhenThere(session.files.qmp, limit), limit)
    await monitor(context, session, qmp, { process })
    session.log.info({ pid: process.pid }, 'adopted')
    return true
  } catch (error) {
    signal.throwIfAborted()
    session.log.warn({ err: error, pid: process.pid }, 'its QEMU does not answer')
    return false
  }
}
