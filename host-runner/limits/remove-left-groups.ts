import type { Context } from '../context.ts'
import { qemuUuid } from '../find-qemu.ts'
import { subfolders } from '../observe.ts'
import { poolFiles, sessionFiles } from '../session-files.ts'

/**
 * Groups of which no folder knows: a crash between the end of a QEMU and that of its group left them. A group is listed
 * before the folders are, and is younger than its folder; a clone's folder moves from the pool to the sessions.
 */
export async function removeLeftGroups({
  limiter,
  folders,
}: Pick<Context, 'limiter' | 'folders'>): Promise<void> {
  const groups = await limiter.list()
  const waiting = (await subfolders(folders.pool)).map(id => poolFiles(folders, id))
  const given = (await subfolders(folders.sessions)).map(id => sessionFiles(folders, id))
  const known = new Set(await Promise.all([...waiting, ...given].map(qemuUuid)))
  await Promise.all(groups.filter(uuid => !known.has(uuid)).map(limiter.remove))
}
