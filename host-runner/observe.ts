import { readdir } from 'node:fs/promises'
import * as v from 'valibot'
import { SessionId } from '../config/contract/names.ts'
import type { Context } from './context.ts'
import { uuidOf } from './identity.ts'
import type { Observed } from './plan.ts'
import { findQemus, type ProcessId, type QemuProcess } from './processes.ts'
import { readManifest, sessionFiles } from './session-files.ts'

export type Findings = {
  sessions: Observed[]
  /** QEMUs of this DARTS that are no session's, no template's, and wait for nobody. */
  strays: ProcessId[]
}

/**
 * What is on this host. Processes first, then the folders that are made before and removed after them; those of the
 * pool before those of the sessions, which they may become.
 */
export async function observe(context: Context): Promise<Findings> {
  const { folders, settings } = context
  const qemus = await findQemus(settings.run)
  const waiting = (await Promise.all([folders.pool, folders.poolRun].map(subfolders))).flat()
  const names = await Promise.all([folders.sessions, folders.displays, folders.control].map(subfolders))
  const sessions = await Promise.all(
    [...new Set(names.flat())].map(session => lookAt(context, session, qemus)),
  )
  const known = new Set([...waiting.map(uuidOf), ...sessions.map(({ uuid }) => uuid)])
  const monitored = new Set([...context.desktops.values()].map(({ process }) => process.pid))
  return {
    sessions: sessions.map(({ uuid: _, ...one }) => one),
    strays: qemus.filter(({ uuid, pid }) => !known.has(uuid) && !monitored.has(pid)),
  }
}

async function lookAt(
  { folders, desktops, exclusive, liveness }: Context,
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
    ...liveness.look(desktop?.qmp),
    busy: exclusive.isBusy(session),
    remembered: manifest?.session !== undefined,
  }
}

/** Those that have the name of a session, or of a clone. */
export async function subfolders(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true })
  return entries.filter(entry => entry.isDirectory() && v.is(SessionId, entry.name)).map(({ name }) => name)
}
