import { chmod, chown, copyFile, mkdir, open, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CatalogueEntry } from '../../config/catalogue.ts'
import { newSessionId } from '../../config/contract/names.ts'
import { DartsError } from '../../config/errors.ts'
import { IdentityChannel, startHelper } from '../clones/identity-channel.ts'
import { qemuArgs } from '../commands/qemu.ts'
import { createBlank } from '../commands/qemu-img.ts'
import type { Context } from '../context.ts'
import { greet } from '../greet.ts'
import { diskSize, imageOf, makeOverlay } from '../handlers/create-overlay.ts'
import { macOf, uuidOf } from '../identity.ts'
import { migrated, sharingMemory } from '../migration.ts'
import type { Report } from '../prepare/report.ts'
import { killProcess, waitUntilGone } from '../processes.ts'
import { OVMF, qemuSpecOf } from '../qemu-spec-of.ts'
import type { Qmp } from '../qmp.ts'
import { watchReadiness } from '../readiness.ts'
import { run } from '../run.ts'
import {
  makeSessionFolder,
  makeSocketFolders,
  poolFiles,
  removeSession,
  type SessionFiles,
  writeManifest,
} from '../session-files.ts'
import { spawnQemu } from '../spawn-qemu.ts'
import { settle } from './settle.ts'
import { type Flavor, type TemplateFiles, templateFiles, templateName, writeDescription } from './template.ts'

const BOOTS_WITHIN = 900_000
const HELPS_WITHIN = 60_000
const FREEZES_WITHIN = 120_000
const MIB = 2 ** 20

/**
 * Boots a machine once on a disk of its own, waits until it is ready and calm, and freezes it into its folder. What an
 * earlier build left is replaced; clones of the earlier template keep the files that they have open.
 * @throws DartsError `boot-failed` when the machine does not get ready or cannot be frozen
 */
export async function buildTemplate(
  context: Context,
  machine: CatalogueEntry,
  flavor: Flavor,
  digest: string,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { folders, users, limiter } = context
  const id = newSessionId()
  const target = join(folders.templates, templateName(flavor))
  const work = templateFiles(`${target}.new`)
  const files: SessionFiles = { ...poolFiles(folders, id), overlay: work.disk, vars: work.vars }
  try {
    report.running(5, 'Preparing a disk')
    await layOut(context, machine, flavor, files, work, signal)
    await freeze(context, machine, flavor, id, files, work, report, signal)
    report.running(95, 'Keeping it')
    await closeFiles(work, machine, users.vm.gid)
    const size = Math.round((await sizeOf(work)) / MIB)
    const description = {
      v: 1 as const,
      ...flavor,
      digest,
      mac: macOf(id),
      builtAt: new Date().toISOString(),
      size,
    }
    await writeDescription(work, description)
    await rm(target, { recursive: true, force: true })
    await rename(work.folder, target)
  } finally {
    await removeSession(limiter, uuidOf(id), poolFiles(folders, id))
    await rm(work.folder, { recursive: true, force: true })
  }
}

async function layOut(
  context: Context,
  machine: CatalogueEntry,
  { memory }: Flavor,
  files: SessionFiles,
  work: TemplateFiles,
  signal: AbortSignal,
): Promise<void> {
  const { users } = context
  await rm(work.folder, { recursive: true, force: true })
  await mkdir(work.folder)
  await chmod(work.folder, 0o711)
  const image = await imageOf(context, machine)
  await run(createBlank(work.empty, diskSize(machine, image)), { timeout: 30, signal })
  await makeOverlay(files, machine, image, users, signal)
  if (machine.boot.firmware === 'uefi') await copyFile(OVMF.vars, work.vars)
  // QEMU's user may write these files, but make none beside them.
  for (const file of [work.memory, work.state]) await writeFile(file, '', { mode: 0o600 })
  await truncate(work.memory, memory * MIB)
  for (const file of [work.memory, work.state, ...(machine.boot.firmware === 'uefi' ? [work.vars] : [])])
    await chown(file, users.vm.uid, users.vm.gid)
}

async function freeze(
  context: Context,
  machine: CatalogueEntry,
  flavor: Flavor,
  id: string,
  files: SessionFiles,
  work: TemplateFiles,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { users, folders, log } = context
  const { cpus, memory: size } = flavor
  const memory = { kind: 'template', size, file: work.memory } as const
  const engine = await context.engine
  await makeSessionFolder(files)
  await makeSocketFolders(files, users)
  const spec = qemuSpecOf({ id, machine, cpus, memory, files, engine, images: folders.images })
  const qemu = await spawnQemu(context, { args: qemuArgs(spec), flavor, files })
  await writeManifest(files, { v: 1, uuid: uuidOf(id), process: qemu.process })
  try {
    const qmp = await greet(files, qemu, signal)
    const limit = AbortSignal.any([signal, AbortSignal.timeout(BOOTS_WITHIN), whenClosed(qmp)])
    report.running(10, 'Booting it once')
    await watchReadiness(qmp, files, machine.ready, limit, log.child({ template: work.folder }))
    report.running(60, 'Waiting until it is calm')
    const channel = machine.warm.twins ? undefined : await waitingHelper(files, limit)
    await settle(qemu.process.pid, limit)
    report.running(80, 'Freezing it')
    await save(qmp, work.state, AbortSignal.any([signal, AbortSignal.timeout(FREEZES_WITHIN)]))
    channel?.close()
    await qmp.execute('quit').catch(() => {})
    await waitUntilGone(qemu.process, 10_000)
  } catch (cause) {
    signal.throwIfAborted()
    throw new DartsError('boot-failed', `${machine.name}: ${(cause as Error).message}`, { cause })
  } finally {
    await killProcess(qemu.process)
  }
}

/** The helper waits in the frozen guest, and its host stays connected until then: it goes on so in every clone. */
async function waitingHelper(files: SessionFiles, signal: AbortSignal): Promise<IdentityChannel> {
  await startHelper(files.agent, signal)
  const channel = await IdentityChannel.open(files.identity)
  await channel.send([['forget-keys']], AbortSignal.any([signal, AbortSignal.timeout(HELPS_WITHIN)]))
  return channel
}

async function save(qmp: Qmp, state: string, signal: AbortSignal): Promise<void> {
  await qmp.execute('stop')
  await sharingMemory(qmp)
  const saved = migrated(qmp, signal)
  await qmp.execute('migrate', { uri: `file:${state}` })
  await saved
}

/** Root's from now on, read by clones only; on the disk before it has its name. */
async function closeFiles(
  { memory, state, disk, empty, vars }: TemplateFiles,
  machine: CatalogueEntry,
  gid: number,
) {
  for (const file of [memory, state, disk, empty, ...(machine.boot.firmware === 'uefi' ? [vars] : [])]) {
    await chown(file, 0, gid)
    await chmod(file, 0o440)
    await using handle = await open(file, 'r')
    await handle.sync()
  }
}

async function sizeOf({ memory, state, disk }: TemplateFiles): Promise<number> {
  const all = await Promise.all([memory, state, disk].map(file => stat(file)))
  return all.reduce((sum, { blocks }) => sum + blocks * 512, 0)
}

function whenClosed(qmp: Qmp): AbortSignal {
  const over = new AbortController()
  qmp.closed.then(() => over.abort(new Error('its QEMU ended')))
  return over.signal
}
