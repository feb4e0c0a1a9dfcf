import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Layout } from '../commands/cgroup-layout.ts'
import { spawnDetached } from '../spawn-detached.ts'
import type { Limiter } from './limiter.ts'

const ENTER = fileURLToPath(new URL('enter-groups.sh', import.meta.url))
/** Milliseconds in which the kernel has forgotten who was in a group. */
const EMPTY_WITHIN = 5000

/**
 * Groups that are made here. They lie side by side below the root, where each weighs as much against the host's other
 * programs as its processors would without groups.
 */
export function cgroups(layout: Layout, prefix: string): Limiter {
  const groupsOf = (uuid: string) => layout.roots.map(root => join(root, prefix + uuid))
  return {
    way: layout.way,
    async start({ uuid, limits, patient, command, log }) {
      const name = prefix + uuid
      const groups = groupsOf(uuid)
      await Promise.all(groups.map(group => mkdir(group)))
      await write({ ...layout.limits(name, limits), ...layout.share(name, patient ? 0 : limits.cpus) })
      return spawnDetached(['/bin/sh', ENTER, ...groups, '--', ...command], log)
    },
    favour: (uuid, { cpus }) => write(layout.share(prefix + uuid, cpus)),
    async ranOutOfMemory(uuid) {
      const text = await readFile(layout.kills(prefix + uuid), 'utf8').catch(() => '')
      return /^oom_kill [1-9]/m.test(text)
    },
    remove: async uuid => void (await Promise.all(groupsOf(uuid).map(removeGroup))),
    async list() {
      const names = await Promise.all(layout.roots.map(root => readdir(root)))
      const mine = names.flat().filter(name => name.startsWith(prefix))
      return [...new Set(mine)].map(name => name.slice(prefix.length))
    },
  }
}

/** One after the other: v1 takes no limit of memory and swap below that of memory. What a kernel lacks is left out. */
async function write(values: Record<string, string | number>): Promise<void> {
  for (const [file, value] of Object.entries(values))
    await writeFile(file, String(value), { flag: 'r+' }).catch(ignore('ENOENT'))
}

async function removeGroup(group: string): Promise<void> {
  const until = performance.now() + EMPTY_WITHIN
  for (;;) {
    const busy = await rmdir(group).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error,
    )
    if (!busy || busy.code === 'ENOENT') return
    if (busy.code !== 'EBUSY' || performance.now() > until) throw busy
    await killAllIn(group)
    await sleep(10)
  }
}

async function killAllIn(group: string): Promise<void> {
  const pids = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '')
  for (const pid of pids.split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch (error) {
      ignore('ESRCH')(error as NodeJS.ErrnoException)
    }
  }
}

const ignore = (code: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== code) throw error
}
