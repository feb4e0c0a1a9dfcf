import { readdir } from 'node:fs/promises'
import * as v from 'valibot'
import { SessionId } from '../config/contract/names.ts'
import type { Folders } from '../config/folders.ts'
import { qemuUuid } from './find-qemu.ts'
import type { Observed } from './plan.ts'
import { findSessions } from './processes.ts'
import { sessionFiles } from './session-files.ts'

/** Every session of which something is on this host. A QEMU belongs to this state folder by its session's folder. */
export async function observe(folders: Folders): Promise<Observed[]> {
  const names = await Promise.all([folders.sessions, folders.displays, folders.control].map(subfolders))
  const running = await findSessions()
  return Promise.all(
    [...new Set(names.flat())].map(async session => ({
      session,
      running: running.has(await qemuUuid(sessionFiles(folders, session))),
    })),
  )
}

/** Those that have the name of a session, or of a clone. */
export async function subfolders(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true })
  return entries.filter(entry => entry.isDirectory() && v.is(SessionId, entry.name)).map(({ name }) => name)
}
