import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DartsError } from '../../config/errors.ts'
import { APT_ENVIRONMENT, aptInstall, aptProgress, aptUpdate, dpkgStatus } from '../commands/apt.ts'
import { run } from '../run.ts'
import { backportsParagraph, ownSource } from './debian-sources.ts'
import type { Report } from './report.ts'

/** Clones map the memory of a template without the right to write it: that takes 8.2. */
const OLDEST_QEMU = [8, 2] as const
const QEMU_PACKAGES = ['qemu-system-x86', 'qemu-utils']
const PACKAGES = [
  'busybox-static',
  'guestfs-tools',
  'kmod',
  'libguestfs0',
  'mmdebstrap',
  'ovmf',
  'seabios',
  'supermin',
  'util-linux',
  'xz-utils',
]
const LISTS = '/etc/apt/sources.list.d'

/** Installs the Debian packages that the host-runner starts programs of. Quick when they are there. */
export async function installPackages(report: Report, signal: AbortSignal): Promise<void> {
  const missing = await missingPackages()
  if (missing.length === 0) return
  const options = { env: APT_ENVIRONMENT, timeout: 1800, signal, failure: 'set-up' } as const
  report.running(0, 'Reading the package lists')
  const release = missing.some(name => QEMU_PACKAGES.includes(name)) ? await backports() : undefined
  await run(aptUpdate(), options)
  report.running(5, `Installing ${missing.join(', ')}`)
  await run(aptInstall(missing, release), {
    ...options,
    onLine: line => {
      const progress = aptProgress(line)
      if (progress) report.running(5 + progress.percent * 0.95, progress.text)
    },
  })
  const still = await missingPackages()
  if (still.length > 0) throw new DartsError('set-up', `apt did not install ${still.join(', ')}`)
}

export async function missingPackages(): Promise<string[]> {
  const all = [...PACKAGES, ...QEMU_PACKAGES]
  const { stdout } = await run(dpkgStatus(all), { timeout: 30, accepts: [0, 1] })
  return missingOf(stdout, all)
}

/** Those of `wanted` that dpkg's list does not call installed, or in a version that is too old. */
export function missingOf(list: string, wanted: string[]): string[] {
  const there = new Set<string>()
  for (const line of list.split('\n')) {
    const [name = '', status, version = ''] = line.split(' ')
    if (status === 'installed' && (!QEMU_PACKAGES.includes(name) || isNewEnough(version))) there.add(name)
  }
  return wanted.filter(name => !there.has(name))
}

/** `1:10.0.2+ds-2~bpo12+1` → 10.0 */
export function isNewEnough(version: string): boolean {
  const [, major, minor] = /^(?:\d+:)?(\d+)\.(\d+)/.exec(version) ?? []
  const [oldMajor, oldMinor] = OLDEST_QEMU
  return Number(major) > oldMajor || (Number(major) === oldMajor && Number(minor) >= oldMinor)
}

/** bookworm's own QEMU is too old: its backports have a new one. The name of that release, or undefined elsewhere. */
async function backports(): Promise<string | undefined> {
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1]
  if (codename !== 'bookworm') return undefined
  const release = `${codename}-backports`
  const names = (await readdir(LISTS).catch(() => [])).filter(name => /\.(list|sources)$/.test(name))
  const paths = ['/etc/apt/sources.list', ...names.map(name => join(LISTS, name))]
  const files = await Promise.all(paths.map(path => readFile(path, 'utf8').catch(() => '')))
  if (ownSource(files, release)) return release
  const own = ownSource(files, codename)
  if (!own) throw new DartsError('set-up', `no source of Debian ${codename} in ${paths.join(', ')}`)
  await writeFile(join(LISTS, 'darts-backports.sources'), backportsParagraph(own, codename), { mode: 0o644 })
  return release
}
