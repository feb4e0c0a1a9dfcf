import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings } from '../../config/settings.ts'
import { cgroupV1, cgroupV2 } from '../commands/cgroup-layout.ts'
import { cgroups } from './cgroups.ts'
import type { Limiter } from './limiter.ts'
import { systemdUnits } from './systemd-units.ts'
import { unlimited } from './unlimited.ts'

const CONTROLLERS = ['memory', 'cpu', 'pids'] as const

/** The best way to limit QEMUs that this host has. */
export async function findLimiter({ run }: Pick<Settings, 'run'>): Promise<Limiter> {
  // Another DARTS of this host has other groups.
  const prefix = `darts-${createHash('sha256').update(run).digest('hex').slice(0, 8)}-`
  // As sd_booted(3) does it.
  if (existsSync('/run/systemd/system')) return systemdUnits(prefix)
  const layout = (await findV2()) ?? (await findV1())
  return layout && (await canMakeGroups(layout.roots)) ? cgroups(layout, prefix) : unlimited
}

async function findV2() {
  const [root] = (await mounts()).filter(({ type }) => type === 'cgroup2')
  if (!root) return undefined
  const there = await readFile(join(root.path, 'cgroup.controllers'), 'utf8').catch(() => '')
  if (!CONTROLLERS.every(name => there.split(/\s/).includes(name))) return undefined
  const enabled = await writeFile(
    join(root.path, 'cgroup.subtree_control'),
    CONTROLLERS.map(name => `+${name}`).join(' '),
  ).then(
    () => true,
    () => false,
  )
  return enabled ? cgroupV2(root.path) : undefined
}

async function findV1() {
  const all = (await mounts()).filter(({ type }) => type === 'cgroup')
  const rootOf = (name: string) => all.find(({ options }) => options.includes(name))?.path
  const [memory, cpu, pids] = CONTROLLERS.map(rootOf)
  return memory && cpu && pids ? cgroupV1({ memory, cpu, pids }) : undefined
}

/** They may be mounted and closed, as in a container. */
async function canMakeGroups(roots: string[]): Promise<boolean> {
  const name = `darts-probe-${process.pid}`
  try {
    for (const root of roots) {
      await mkdir(join(root, name))
      await rmdir(join(root, name))
    }
    return true
  } catch {
    return false
  }
}

async function mounts() {
  const lines = (await readFile('/proc/mounts', 'utf8')).split('\n')
  return lines.map(line => {
    const [, path = '', type = '', options = ''] = line.split(' ')
    return { path, type, options: options.split(',') }
  })
}
