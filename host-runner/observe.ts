import { readdir } from 'node:fs/promises'
import * as v from 'valibot'
import { SessionId } from '../config/contract/names.ts'
import type { Context } from './context.ts'
import { uuidOf } from './identity.ts'
import { silenceOf } from './liveness.ts'
import type { Observed } from './plan.ts'
import { findQemus, type ProcessId, type QemuProcess } from './processes.ts'
import { readManifest, sessionFiles } from './session-files.ts'

export type Findings = {
  sessions: Observed[]
  /** QEMUs of this DARTS that are no session's, no template's, and wait for nobody. */
  strays: ProcessId[]
  /** Uuids of groups of which no folder knows: a crash between the end of a QEMU and that of its group left them. */
  groups: string[]
}

/**
 * What is on this host. Processes and groups first, then the folders, which are older; those of the pool before those of
 * the sessions, which they may become.
 */
export async function observe(context: Context): Promise<Findings> {
  const { folders, settings, limiter } = context
  const [qemus, groups] = await Promise.all([findQemus(settings.run), limiter.list()])
  const waiting = (await Promise.all([folders.pool, folders.poolRun].map(subfolders))).flat()
  const names = await Promise.all([folders.sessions, folders.displays, folders.control].map(subfolders))
  const sessions = await Promise.all(
    [...new Set(names.flat())].map(session => lookAt(context, session, qemus)),
  )
  const known = new Set([...waiting.map(uuidOf), ...sessions.map(({ uuid }) => uuid)])
  const monitored = new Set([...context.desktops.values()].map(({ process }) => process.pid))
  return {
    sessions,
    strays: qemus.filter(({ uuid, pid }) => !known.has(uuid) && !monitored.has(pid)),
    groups: groups.filter(uuid => !known.has(uuid)),
  }
}

async function lookAt(
  { folders, desktops, exclusive }: Context,
  session: string,
  qemus: QemuProcess[],
): Promise<Observed & { uuid: string }> {
  const manifest = await readManifest(sessionFiles(folders, session))
  const uuid = manifest?.uuid ?? uuidOf(session)
  const desktop = desktops.get(session)
  const isFirst = ({ pid }: ProcessId) => pid === (desktop?.process ?? manifest?.process)?.pid
  return {
    session,
    uuid,
    processes: qemus
      .filter(qemu => qemu.uuid === uuid)
      .sort((a, b) => Number(isFirst(b)) - Number(isFirst(a))),
    monitored: desktop !== undefined,
    silent: desktop ? silenceOf(desktop) : 0,
    warned: desktop?.isWarned ?? false,
    busy: exclusive.isBusy(session),
    remembered: manifest?.session !== undefined,
  }
}

/** Those that have the name of a session, or of a clone. */
async function subfolders(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true })
  return entries.filter(entry => entry.isDirectory() && v.is(SessionId, entry.name)).map(({ name }) => name)
}
