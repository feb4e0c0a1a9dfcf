import { chmod, constants, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DartsError } from '../../config/errors.ts'
import { aptDownload } from '../commands/apt.ts'
import type { Kernel } from '../commands/supermin.ts'
import { run } from '../run.ts'

const META_PACKAGE = 'linux-image-amd64'

/**
 * A Debian kernel with its modules: one of the host when everybody may read it, else one that was downloaded and
 * unpacked into `folder`. Nothing is installed: a host's own kernel is its administrator's.
 */
export async function findKernel(folder: string, signal: AbortSignal): Promise<Kernel> {
  return (await kernelIn('/')) ?? (await kernelIn(folder)) ?? (await download(folder, signal))
}

async function kernelIn(root: string): Promise<Kernel | undefined> {
  const names = await readdir(join(root, 'boot')).catch(() => [])
  const versions = names.filter(name => name.startsWith('vmlinuz-')).map(name => name.slice(8))
  for (const version of versions.sort().reverse()) {
    const kernel = {
      version,
      image: join(root, 'boot', `vmlinuz-${version}`),
      modules: join(root, 'lib/modules', version),
    }
    if ((await readable(kernel.image)) && (await readable(join(kernel.modules, 'modules.dep')))) return kernel
  }
  return undefined
}

/** By everybody, not only by us: Ubuntu's kernels are root's. */
async function readable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && (found.mode & constants.S_IROTH) !== 0
}

async function download(folder: string, signal: AbortSignal): Promise<Kernel> {
  const work = `${folder}.new`
  await rm(work, { recursive: true, force: true })
  await mkdir(work, { recursive: true })
  const options = { timeout: 600, signal, failure: 'set-up' } as const
  const { stdout } = await run(['apt-cache', 'depends', META_PACKAGE], options)
  const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1]
  if (!name) throw new DartsError('set-up', `no kernel package behind ${META_PACKAGE}: ${stdout}`)
  await run(aptDownload(name), { ...options, cwd: work })
  const file = (await readdir(work)).find(entry => entry.endsWith('.deb'))
  if (!file) throw new DartsError('set-up', `apt did not download ${name}`)
  await run(['dpkg-deb', '--extract', join(work, file), work], options)
  await rm(join(work, file))
  const version = name.replace(/^linux-image-/, '').replace(/-unsigned$/, '')
  // The package's own script would do it at installation.
  await run(['depmod', '--basedir', work, version], options)
  await chmod(work, 0o755)
  await rm(folder, { recursive: true, force: true })
  await rename(work, folder)
  const kernel = await kernelIn(folder)
  if (!kernel) throw new DartsError('set-up', `${name} holds no kernel that can be read`)
  return kernel
}
