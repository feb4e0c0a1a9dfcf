import { chmod, chown, copyFile, readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { CatalogueEntry } from '../../config/catalogue.ts'
import { newSessionId } from '../../config/contract/names.ts'
import { DartsError } from '../../config/errors.ts'
import { qemuArgs } from '../commands/qemu.ts'
import { plugClipboard } from '../commands/qemu-channels.ts'
import type { Context } from '../context.ts'
import { greet } from '../greet.ts'
import { macOf, uuidOf } from '../identity.ts'
import { migrated, sharingMemory } from '../migration.ts'
import { killProcess, type ProcessId } from '../processes.ts'
import { qemuSpecOf } from '../qemu-spec-of.ts'
import type { Qmp } from '../qmp.ts'
import {
  makeSessionFolder,
  makeSocketFolders,
  poolFiles,
  removeSession,
  type SessionFiles,
  writeManifest,
} from '../session-files.ts'
import { spawnQemu } from '../spawn-qemu.ts'
import type { Template } from '../templates/template.ts'
import { IdentityChannel } from './identity-channel.ts'
import { clockOrder, cloneOrders, hostnameOf, type Order } from './orders.ts'

/** Milliseconds for a guest to take its identity. Its personalisation script has its own limit. */
const IDENTITY_WITHIN = 20_000
const SCRIPT_WITHIN = 900_000
/** Milliseconds by which a clock may be wrong. */
const CLOCK_ERROR = 300
const CLOCK_TRIES = 5

/*
 *   spawn ─▶ restore ─▶ continue ─▶ identity ─▶ plug in the clipboard ─▶ stop … the pool … ─▶ owner ─▶ a session's
 *
 * A clone belongs to nobody until it is given to one session; until then it runs only what makes it itself.
 */
export type Clone = {
  id: string
  template: Template
  machine: CatalogueEntry
  files: SessionFiles
  process: ProcessId
  ended: Promise<string>
  qmp: Qmp
  /** Absent for machines whose copies may be twins. */
  identity?: IdentityChannel
  /** Looks at the display of one that waits. */
  viewer?: Socket
  /** Milliseconds that each part took. */
  spans: Record<string, number>
}

/** A new copy of a frozen machine, restored and stopped. What it was made of is removed when it fails. */
export async function startClone(
  context: Context,
  template: Template,
  machine: CatalogueEntry,
  signal: AbortSignal,
  patient = false,
): Promise<Clone> {
  const id = newSessionId()
  const files = poolFiles(context.folders, id)
  let running: ProcessId | undefined
  const span = stopwatch()
  try {
    await layOut(context, template, machine, files)
    const args = await argsOf(context, id, template, machine, files)
    const qemu = await spawnQemu(context, { args, flavor: template, files, patient })
    running = qemu.process
    await writeManifest(files, { v: 1, uuid: uuidOf(id), process: qemu.process })
    const qmp = await greet(files, qemu, signal)
    span('spawn')
    // The frozen guest has had a host at this port all along, and must find one: it would take none for the end.
    const identity = machine.warm.twins ? undefined : await IdentityChannel.open(files.identity)
    await sharingMemory(qmp)
    const restored = migrated(qmp, signal)
    await qmp.execute('migrate-incoming', { uri: `file:${template.files.state}` })
    await restored
    const spans = span('restore')
    return { id, template, machine, files, ...qemu, qmp, spans, ...(identity && { identity }) }
  } catch (cause) {
    if (running) await killProcess(running)
    await removeSession(context.limiter, uuidOf(id), files)
    signal.throwIfAborted()
    throw new DartsError('boot-failed', `clone of ${template.name}: ${(cause as Error).message}`, { cause })
  }
}

/** Gives a running clone what could not be frozen. Its guest starts programs for it, which take their time. */
export async function plugIn({ machine, qmp }: Clone): Promise<void> {
  if (machine.clipboard) for (const { command, args } of plugClipboard) await qmp.execute(command, args)
}

/** Continues a new clone and makes it one of its own; `more` are orders of the same round. */
export async function identify(clone: Clone, more: Order[], signal: AbortSignal): Promise<void> {
  const { identity, template, machine, id, spans } = clone
  const span = stopwatch(spans)
  const hostname = hostnameOf(machine.name, id)
  const orders = cloneOrders({ hostname, mac: macOf(id), templateMac: template.mac })
  await goOn(clone, [...orders, ...more], signal)
  span('identify')
  if (!identity || machine.customize === undefined) return
  const script = await readFile(join(machine.folder, machine.customize))
  await identity.send([['run', script]], AbortSignal.any([signal, AbortSignal.timeout(SCRIPT_WITHIN)]))
  span('customize')
}

/** Continues a stopped clone, whose helper finds its orders when it wakes, and tells it the time. */
export async function goOn({ identity, qmp }: Clone, orders: Order[], signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(IDENTITY_WITHIN)])
  let told = Date.now()
  const answered = identity?.send([...orders, clockOrder(told)], limit)
  await Promise.all([answered, qmp.execute('cont')])
  // A busy guest has heard it late: its clock is wrong by as much as the answer took, at most.
  for (let tries = 0; identity && tries < CLOCK_TRIES && Math.abs(Date.now() - told) > CLOCK_ERROR; tries++) {
    told = Date.now()
    await identity.send([clockOrder(told)], limit)
  }
}

/** Ends a clone that no session has. */
export async function destroyClone(
  { limiter }: Pick<Context, 'limiter'>,
  { id, qmp, identity, viewer, process, files }: Clone,
): Promise<void> {
  identity?.close()
  viewer?.destroy()
  qmp.close()
  await killProcess(process)
  await removeSession(limiter, uuidOf(id), files)
}

async function layOut(
  { users }: Context,
  template: Template,
  machine: CatalogueEntry,
  files: SessionFiles,
): Promise<void> {
  await makeSessionFolder(files)
  await makeSocketFolders(files, users)
  await copyFile(template.files.empty, files.overlay)
  await chmod(files.overlay, 0o600)
  await chown(files.overlay, users.vm.uid, users.vm.gid)
  if (machine.boot.firmware !== 'uefi') return
  await copyFile(template.files.vars, files.vars)
  await chmod(files.vars, 0o600)
  await chown(files.vars, users.vm.uid, users.vm.gid)
}

async function argsOf(
  { engine, folders }: Context,
  id: string,
  { cpus, memory, files: { memory: file, disk } }: Template,
  machine: CatalogueEntry,
  files: SessionFiles,
): Promise<string[]> {
  const size = { kind: 'clone', size: memory, file } as const
  const [how, images] = [await engine, folders.images]
  return qemuArgs(qemuSpecOf({ id, machine, cpus, memory: size, frozen: disk, files, engine: how, images }))
}

/** Each call is told how long it was since the one before. */
export function stopwatch(spans: Record<string, number> = {}) {
  let last = performance.now()
  return (name: string) => {
    const now = performance.now()
    spans[name] = Math.round((now - last) * 10) / 10
    last = now
    return spans
  }
}
