import { chown, rename, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CatalogueEntry } from '../../config/catalogue.ts'
import { DartsError } from '../../config/errors.ts'
import { createBlank, createOverlay as overlayCommand } from '../commands/qemu-img.ts'
import type { Context } from '../context.ts'
import { uuidOf } from '../identity.ts'
import { type Image, inspectImage } from '../inspect-image.ts'
import { run } from '../run.ts'
import { makeSessionFolder, manifestOf, type SessionFiles, writeManifest } from '../session-files.ts'
import type { Session, StepDone } from '../steps.ts'
import type { Users } from '../users.ts'

/** Makes the session's own disk on top of the machine's image, or a blank one for an ISO. */
export async function createOverlay(
  context: Context,
  session: Session,
  signal: AbortSignal,
): Promise<StepDone> {
  const machine = machineOf(context, session)
  const image = await imageOf(context, machine)
  await checkRoom(context)
  await makeSessionFolder(session.files)
  await makeDisk(context, session, machine, image, signal)
  return { order: 'advance', facts: [{ fact: 'overlaid' }] }
}

/** A new disk, whatever was there: a crash may have left half of one. Also what a broken customization starts from. */
export async function makeDisk(
  { settings, users }: Context,
  { id, record, files }: Session,
  machine: CatalogueEntry,
  image: Image,
  signal: AbortSignal,
): Promise<void> {
  await writeManifest(files, manifestOf(record, settings.host, uuidOf(id)))
  await makeOverlay(files, machine, image, users, signal)
}

export async function makeOverlay(
  files: Pick<SessionFiles, 'overlay'>,
  machine: CatalogueEntry,
  image: Image,
  users: Users,
  signal: AbortSignal,
): Promise<void> {
  const unfinished = `${files.overlay}.new`
  // QEMU's user may write this file, but make none beside it.
  await writeFile(unfinished, '', { mode: 0o600 })
  await chown(unfinished, users.vm.uid, users.vm.gid)
  const command =
    image.format === 'iso'
      ? createBlank(unfinished, diskSize(machine, image))
      : overlayCommand(unfinished, image.file, image.format, image.size)
  await run(command, { user: users.vm, timeout: 30, signal })
  await rename(unfinished, files.overlay)
}

/** Bytes of the disk that a guest sees. */
export const diskSize = ({ image: { blankDisk } }: CatalogueEntry, { format, size }: Image) =>
  format === 'iso' ? blankDisk * 2 ** 30 : size

/** @throws DartsError `machine-unknown` */
export function machineOf({ catalogue }: Context, { record }: Session): CatalogueEntry {
  const name = record.state.request?.machine ?? ''
  const machine = catalogue.get(name)
  if (!machine) throw new DartsError('machine-unknown', `no machine ${name} in the catalogue of this host`)
  return machine
}

export const imageOf = ({ folders, users }: Context, { name, image }: CatalogueEntry) =>
  inspectImage(join(folders.images, name, image.disk), image.format, users.vm)

/** @throws DartsError `no-room` */
async function checkRoom({ settings, folders }: Context): Promise<void> {
  const free = await freeRoom(folders.sessions)
  if (free < settings.diskReserve)
    throw new DartsError(
      'no-room',
      `${free} MiB free in ${folders.sessions}, of ${settings.diskReserve} needed`,
    )
}

/** MiB that an ordinary process may still use. */
export async function freeRoom(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return Math.floor((bavail * bsize) / 2 ** 20)
}
