import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { ACCELS, type Accel, Request, STARTS, type Start } from '../config/contract/facts.ts'
import { SessionId } from '../config/contract/names.ts'
import { DartsError } from '../config/errors.ts'
import { displaySocket, type Folders } from '../config/folders.ts'
import type { SessionRecord } from '../config/session/record.ts'
import type { Identity } from './commands/setpriv.ts'
import type { Limiter } from './limits/limiter.ts'
import type { ProcessId } from './processes.ts'
import { checkSocketPath } from './unix-socket.ts'
import type { Users } from './users.ts'

/*
 *   <state>/sessions/<id>/   root 0711      overlay.qcow2 (darts-vm 0600), manifest.json, qemu.log (root)
 *   <run>/displays/<id>/     darts-vm 2750  vnc.sock; its group is the gateway's, by the setgid bit
 *   <run>/control/<id>/      darts-vm 0700  qmp.sock, agent.sock, desktop.sock, identity.sock; only root enters
 *
 * A clone that waits for a session has the same in <state>/pool/<clone>/ and <run>/pool/<clone>/{display,control}/;
 * three renames give it to a session. Its sockets stay bound, its files open.
 */
export type SessionFiles = ReturnType<typeof filesIn>

/** @throws DartsError `bad-request` for an id that is no plain name */
export const sessionFiles = (folders: Folders, id: string) =>
  filesIn(id, {
    folder: join(folders.sessions, id),
    display: dirname(displaySocket(folders, id)),
    control: join(folders.control, id),
  })

/** Of a clone that is nobody's yet. */
export const poolFiles = (folders: Folders, id: string) =>
  filesIn(id, {
    folder: join(folders.pool, id),
    display: join(folders.poolRun, id, 'display'),
    control: join(folders.poolRun, id, 'control'),
  })

type Places = { folder: string; display: string; control: string }

function filesIn(id: string, { folder, display, control }: Places) {
  if (!v.is(SessionId, id)) throw new DartsError('bad-request', `no session id: ${JSON.stringify(id)}`)
  return {
    id,
    folder,
    overlay: join(folder, 'overlay.qcow2'),
    /** Variables of UEFI. */
    vars: join(folder, 'vars.fd'),
    manifest: join(folder, 'manifest.json'),
    log: join(folder, 'qemu.log'),
    /** Its presence says that the script has run in the overlay. */
    customized: join(folder, 'customized'),
    script: join(folder, 'customize'),
    display,
    vnc: checkSocketPath(join(display, 'vnc.sock')),
    control,
    qmp: checkSocketPath(join(control, 'qmp.sock')),
    agent: checkSocketPath(join(control, 'agent.sock')),
    desktop: checkSocketPath(join(control, 'desktop.sock')),
    identity: checkSocketPath(join(control, 'identity.sock')),
  }
}

/** The parents of all sessions: passable for those who know where to go, readable for root alone. */
export async function makeParents(folders: Folders, { vm }: Pick<Users, 'vm'>): Promise<void> {
  for (const folder of [folders.sessions, folders.displays, folders.control, folders.pool, folders.templates])
    await makeFolder(folder, { uid: 0, gid: 0 }, 0o711)
  // Displays that are nobody's yet: their QEMU passes, the gateway does not.
  await makeFolder(folders.poolRun, { uid: 0, gid: vm.gid }, 0o710)
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

/** Makes what a clone has a session's own. The first rename decides: a clone is given away once. */
export async function giveTo(session: SessionFiles, clone: SessionFiles): Promise<void> {
  await rename(clone.folder, session.folder)
  await removeSocketFolders(session)
  await rename(clone.control, session.control)
  await rename(clone.display, session.display)
  await rm(dirname(clone.display), { recursive: true, force: true })
}

/** Whatever there is of a session, or a clone, on this host: the group of its QEMU, which has ended, and its files. */
export async function removeSession(
  limiter: Pick<Limiter, 'remove'>,
  uuid: string,
  files: SessionFiles,
): Promise<void> {
  await limiter.remove(uuid)
  await removeSocketFolders(files)
  await rm(files.folder, { recursive: true, force: true })
  // A clone's two folders have one of their own around them.
  if (dirname(files.control) === dirname(files.display))
    await rm(dirname(files.control), { recursive: true, force: true })
}

/**
 * Modes are set by chmod, whatever the umask. A chown takes the setgid bit away, so it comes first. Until then nobody
 * else may enter: who makes it may be killed in between.
 */
export async function makeFolder(
  path: string,
  owner: Pick<Identity, 'uid' | 'gid'>,
  mode: number,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await mkdir(path, { recursive: true, mode: 0o700 })
  await chown(path, owner.uid, owner.gid)
  await chmod(path, mode)
}

const Process = v.object({ pid: v.number(), startTime: v.number() })
const Manifest = v.object({
  v: v.literal(1),
  /** Its QEMU is found by it. That of a clone was given before there was a session. */
  uuid: v.string(),
  process: v.optional(Process),
  /** Absent for a clone that waits. */
  session: v.optional(
    v.object({
      id: v.string(),
      owner: v.string(),
      correlationid: v.string(),
      traceparent: v.optional(v.string()),
      host: v.string(),
      request: Request,
      running: v.optional(v.object({ accel: v.picklist(ACCELS), start: v.picklist(STARTS) })),
    }),
  ),
})
/** What lies beside the overlay, so that a host can find its QEMU, and rebuild its part when the bus has lost it. */
export type Manifest = v.InferOutput<typeof Manifest>

/** The manifest of a session's QEMU. @throws DartsError `internal` for a record without a request */
export function manifestOf(
  { id, owner, correlationid, traceparent, state }: SessionRecord,
  host: string,
  uuid: string,
  process?: ProcessId,
  running?: { accel: Accel; start: Start },
): Manifest {
  const { request } = state
  if (!request) throw new DartsError('internal', `session ${id} has no request`)
  const session = { id, owner, correlationid, traceparent, host, request, ...(running && { running }) }
  return { v: 1, uuid, session, ...(process && { process }) }
}

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
