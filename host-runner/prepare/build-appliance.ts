import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dpkgStatus } from '../commands/apt.ts'
import { superminBuild, superminEnvironment } from '../commands/supermin.ts'
import type { Context } from '../context.ts'
import { run } from '../run.ts'
import { makeFolder } from '../session-files.ts'
import { findKernel } from './find-kernel.ts'
import type { Report } from './report.ts'
import { unpackKernel } from './unpack-kernel.ts'

const README = 'Appliance of libguestfs with an unpacked kernel, made by the host-runner of DARTS.\n'

/**
 * The one appliance that every virt-customize of this host starts: made once, of the host's own packages, by the
 * user that runs it. Returns its folder, for LIBGUESTFS_PATH.
 */
export async function buildAppliance(
  { folders, users, stopping }: Pick<Context, 'folders' | 'users' | 'stopping'>,
  report: Report,
): Promise<string> {
  const { signal } = stopping
  const folder = join(folders.appliance, 'fixed')
  const madeOf = await versions()
  const stamp = join(folder, 'README.fixed')
  if ((await readFile(stamp, 'utf8').catch(() => '')) === README + madeOf) return folder

  await makeFolder(folders.appliance, { uid: 0, gid: 0 }, 0o755)
  report.running(10, 'Getting a kernel')
  const kernel = await findKernel(join(folders.appliance, 'kernel'), signal)
  report.running(60, 'Putting the disk tools together')
  // supermin wants it, even when the modules lie elsewhere.
  await mkdir('/lib/modules', { recursive: true })
  const work = join(folders.appliance, 'work')
  await rm(work, { recursive: true, force: true })
  await makeFolder(work, users.images, 0o700)
  const output = join(work, 'fixed')
  await run(superminBuild(output), {
    user: users.images,
    env: superminEnvironment(kernel, work),
    timeout: 600,
    signal,
    failure: 'set-up',
  })
  await unpackKernel(kernel.image, join(output, 'kernel'))
  // With this file in it libguestfs takes it as it is.
  await writeFile(join(output, 'README.fixed'), README + madeOf, { mode: 0o644 })
  // A guest that broke out of one session's customization must not reach the next one's.
  for (const name of ['', ...(await readdir(output))]) await chown(join(output, name), 0, 0)
  await rm(folder, { recursive: true, force: true })
  await rename(output, folder)
  await rm(work, { recursive: true, force: true })
  return folder
}

async function versions(): Promise<string> {
  const { stdout } = await run(dpkgStatus(['libguestfs0', 'supermin']), { timeout: 30, failure: 'set-up' })
  return stdout
}
