import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { SessionId } from '../../config/contract/names.ts'
import type { Context } from '../context.ts'
import { qemuUuid } from '../find-qemu.ts'
import { findByUuid, killProcess } from '../processes.ts'
import { poolFiles, removeSession } from '../session-files.ts'

/**
 * At the start of a runner: what an earlier one left in its pool, and of templates that it was building. A clone that
 * waited is nobody's, and a new one is there in a moment.
 */
export async function removeClones({
  folders,
  limiter,
}: Pick<Context, 'folders' | 'limiter'>): Promise<void> {
  const names = (await Promise.all([folders.pool, folders.poolRun].map(folder => readdir(folder)))).flat()
  const clones = [...new Set(names)].filter(name => v.is(SessionId, name))
  await Promise.all(
    clones.map(async id => {
      const files = poolFiles(folders, id)
      const uuid = await qemuUuid(files)
      const running = await findByUuid(uuid)
      if (running) await killProcess(running)
      await removeSession(limiter, uuid, files)
    }),
  )
  const unfinished = (await readdir(folders.templates)).filter(name => name.endsWith('.new'))
  await Promise.all(
    unfinished.map(name => rm(join(folders.templates, name), { recursive: true, force: true })),
  )
}
