import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { SessionId } from '../config/contract/names.ts'
import { DartsError } from '../config/errors.ts'
import { displaySocket, type Folders } from '../config/folders.ts'
import type { Identity } from './commands/setpriv.ts'
import { checkSocketPath } from './unix-socket.ts'
import type { Users } from './users.ts'

/*
 *   <state>/sessions/<id>/   root 0711      overlay.qcow2 (darts-vm 0600), manifest.json, qemu.log (root)
 *   <run>/displays/<id>/     darts-vm 2750  vnc.sock; its group is the gateway's, by the setgid bit
 *   <run>/control/<id>/      darts-vm 0700  qmp.sock, agent.sock, desktop.sock; nobody else but root enters
 */
export type SessionFiles = ReturnType<typeof sessionFiles>

/** @throws DartsError `bad-request` for an id that is no plain name */
export function sessionFiles(folders: Folders, id: string) {
  if (!v.is(SessionId, id)) throw new DartsError('bad-request', `no session id: ${JSON.stringify(id)}`)
  const folder = join(folders.sessions, id)
  const control = join(folders.control, id)
  return {
    folder,
    overlay: join(folder, 'overlay.qcow2'),
    /** Variables of UEFI. */
    vars: join(folder, 'vars.fd'),
    manifest: join(folder, 'manifest.json'),
    log: join(folder, 'qemu.log'),
    /** Its presence says that the script has run in the overlay. */
    customized: join(folder, 'customized'),
    script: join(folder, 'customize'),
    display: join(folders.displays, id),
    vnc: checkSocketPath(displaySocket(folders, id)),
    control,
    qmp: checkSocketPath(join(control, 'qmp.sock')),
    agent: checkSocketPath(join(control, 'agent.sock')),
    desktop: checkSocketPath(join(control, 'desktop.sock')),
  }
}

/** The parents of all sessions: passable for those who know where to go, readable for root alone. */
export async function makeParents(folders: Folders): Promise<void> {
  for (const folder of [folders.sessions, folders.displays, folders.control])
    await makeFolder(folder, { uid: 0, gid: 0 }, 0o711)
}

export const makeSessionFolder = (files: SessionFiles) => makeFolder(files.folder, { uid: 0, gid: 0 }, 0o711)

/** Empty folders for the sockets of a new QEMU. */
export async function makeSocketFolders(files: SessionFiles, { vm, darts }: Users): Promise<void> {
  await removeSocketFolders(files)
  await makeFolder(files.control, vm, 0o700)
  await makeFolder(files.display, { uid: vm.uid, gid: darts.gid }, 0o2750)
}

export async function removeSocketFolders(files: SessionFiles): Promise<void> {
  await rm(files.display, { recursive: true, force: true })
  await rm(files.control, { recursive: true, force: true })
}

/** Whatever there is of a session on this host. */
export async function removeSession(files: SessionFiles): Promise<void> {
  await removeSocketFolders(files)
  await rm(files.folder, { recursive: true, force: true })
}

/** Modes are set by chmod, whatever the umask. A chown takes the setgid bit away, so it comes first. */
export async function makeFolder(
  path: string,
  owner: Pick<Identity, 'uid' | 'gid'>,
  mode: number,
): Promise<void> {
  await mkdir(path, { recursive: true })
  await chown(path, owner.uid, owner.gid)
  await chmod(path, mode)
}

const Process = v.object({ pid: v.number(), startTime: v.number() })
const Manifest = v.object({
  v: v.literal(1),
  session: v.string(),
  owner: v.string(),
  correlationid: v.string(),
  host: v.string(),
  uuid: v.string(),
  request: v.looseObject({ machine: v.string() }),
  process: v.optional(Process),
})
/** What lies beside the overlay, so that a host can rebuild its part when the bus has lost it. */
export type Manifest = v.InferOutput<typeof Manifest>

export async function writeManifest(files: SessionFiles, manifest: Manifest): Promise<void> {
  await writeFile(`${files.manifest}.new`, JSON.stringify(manifest), { mode: 0o600 })
  await rename(`${files.manifest}.new`, files.manifest)
}

/** Undefined when there is none that can be read. */
export async function readManifest(files: SessionFiles): Promise<Manifest | undefined> {
  try {
    return v.parse(Manifest, JSON.parse(await readFile(files.manifest, 'utf8')))
  } catch {
    return undefined
  }
}
