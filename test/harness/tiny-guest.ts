import { createHash } from 'node:crypto'
import { copyFile, link, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folders } from '../../config/folders.ts'
import type { ImageFormat, Machine } from '../../config/machine.ts'
import type { Settings } from '../../config/settings.ts'
import { DRIVER } from '../../host-runner/commands/qemu-disks.ts'
import { buildAppliance } from '../../host-runner/prepare/build-appliance.ts'
import { findKernel } from '../../host-runner/prepare/find-kernel.ts'
import { findEngine } from '../../host-runner/prepare/probe-kvm.ts'
import type { Report } from '../../host-runner/prepare/report.ts'
import { unpackKernel } from '../../host-runner/prepare/unpack-kernel.ts'
import { run } from '../../host-runner/run.ts'
import { systemUsers } from '../../host-runner/users.ts'
import { CACHE, IMAGES } from './cache.ts'
import { INIT, makeDisk, makeInitrd } from './tiny-guest-files.ts'

export type TinyGuest = {
  kernel: string
  initrd: string
  disk: string
  /** State of the host-runner that takes long to make: its appliance, and how QEMU runs here. */
  appliance: string
  engine: string
}

/** Debian's kernel and busybox: boots in seconds under TCG, and its disk is one that virt-customize takes. */
export async function tinyGuest(): Promise<TinyGuest> {
  const users = await testUsers()
  const settings = { state: CACHE } as Settings
  const context = {
    settings,
    users,
    folders: folders({ ...settings, run: CACHE, images: CACHE, templates: CACHE, site: CACHE }),
    stopping: new AbortController(),
  }
  await mkdir(CACHE, { recursive: true, mode: 0o755 })
  await findEngine(context, QUIET)
  await buildAppliance(context, QUIET)
  const kernel = await findKernel(join(context.folders.appliance, 'kernel'), context.stopping.signal)
  const digest = createHash('sha256')
    .update(`${kernel.version} unpacked`)
    .update(await readFile(INIT))
    .update(await readFile(new URL('tiny-guest-files.ts', import.meta.url)))
    .digest('hex')
    .slice(0, 12)
  const folder = join(CACHE, `tiny-${digest}`)
  const guest = {
    kernel: join(folder, 'vmlinux'),
    initrd: join(folder, 'initrd.img'),
    disk: join(folder, 'disk.raw'),
  }
  if (!(await stat(folder).catch(() => undefined))) {
    const work = `${folder}.${process.pid}`
    await mkdir(work, { recursive: true })
    if (!(await unpackKernel(kernel.image, join(work, 'vmlinux'))))
      await copyFile(kernel.image, join(work, 'vmlinux'))
    await makeInitrd(kernel, work, join(work, 'initrd.img'))
    await makeDisk(work, join(work, 'disk.raw'))
    // Another test file may have been faster.
    await rename(work, folder).catch(() => rm(work, { recursive: true }))
  }
  return { ...guest, appliance: context.folders.appliance, engine: join(CACHE, 'engine.json') }
}

export type TinyMachine = {
  name?: string
  format?: ImageFormat
  ready?: Machine['ready']
  append?: string
  /** Text of the script that customizes it. */
  customize?: string
  /** Text of the program that builds its image. */
  recipe?: string
  /** Instead of its kernel: a firmware, which finds nothing to boot on the disk. */
  boot?: Machine['boot']
  /** Any file instead of the guest's disk. */
  disk?: string
  warm?: Machine['warm']
}

/** Puts a machine with the tiny guest into the site's catalogue, and what the host-runner would prepare first. */
export async function installTinyMachine(
  settings: Settings,
  guest: TinyGuest,
  options: TinyMachine = {},
): Promise<void> {
  const { images, appliance } = folders(settings)
  const machine = await writeMachine(settings, options)
  const image = join(images, machine.name)
  await mkdir(image, { recursive: true })
  await place(guest.kernel, join(image, 'vmlinux'))
  await place(guest.initrd, join(image, 'initrd.img'))
  const disk = join(image, machine.image.disk)
  if (options.disk !== undefined) await copyFile(options.disk, disk)
  else await convert(guest.disk, machine.image.format, disk)
  await symlink(guest.appliance, appliance).catch(ignoreThere)
  await copyFile(guest.engine, join(settings.state, 'engine.json'))
}

/** The tiny guest beside the starter machine as it was built for the tests, so that nothing is built anew. */
export async function installTinyAndStarter(settings: Settings): Promise<void> {
  await mkdir(settings.images, { recursive: true })
  await symlink(join(IMAGES, 'starter'), join(settings.images, 'starter'))
  await installTinyMachine(settings, await tinyGuest())
}

/** Its folder in the site's catalogue alone. */
export async function writeMachine(
  settings: Settings,
  {
    name = 'tiny',
    format = 'qcow2',
    ready = ['desktop'],
    append = '',
    customize,
    recipe,
    boot,
    warm,
  }: TinyMachine,
): Promise<Machine> {
  const machine: Machine = {
    name,
    title: `Tiny guest (${name})`,
    description: 'Debian’s kernel and busybox, for tests.',
    image: {
      disk: `disk.${format}`,
      format,
      blankDisk: 1,
      ...(recipe !== undefined && { recipe: 'build.sh' }),
    },
    boot: boot ?? {
      firmware: 'kernel',
      kernel: 'vmlinux',
      initrd: 'initrd.img',
      append: `quiet console=tty0 console=ttyS0 panic=0 ${append}`,
    },
    display: 'virtio-vga',
    clipboard: false,
    flavor: { cpus: { choices: [1], default: 1 }, memory: { choices: [256], default: 256 } },
    ready,
    customizeOffline: false,
    warm: warm ?? { flavors: [], twins: false },
    ...(customize !== undefined && { customize: 'customize.sh' }),
  }
  const folder = join(folders(settings).siteMachines, name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'machine.json'), JSON.stringify(machine, undefined, 2))
  if (customize !== undefined) await writeFile(join(folder, 'customize.sh'), `#!/bin/sh\n${customize}\n`)
  if (recipe !== undefined)
    await writeFile(join(folder, 'build.sh'), `#!/bin/sh -eu\n${recipe}\n`, { mode: 0o755 })
  return machine
}

async function convert(disk: string, format: ImageFormat, to: string) {
  const command = ['qemu-img', 'convert', '-f', 'raw', '-O', DRIVER[format], disk, to]
  if (format === 'raw' || format === 'iso') await place(disk, to)
  else await run(command, { timeout: 60 })
}

const place = (from: string, to: string) => link(from, to).catch(() => copyFile(from, to))
const QUIET: Report = { running() {}, done() {}, failed() {} }

function ignoreThere(error: NodeJS.ErrnoException) {
  if (error.code !== 'EEXIST') throw error
}

/** The system users of DARTS, made as the set-up makes them. */
async function testUsers() {
  for (const name of ['darts', 'darts-vm', 'darts-images'])
    await run(
      ['useradd', '--system', '--no-create-home', '--shell', '/usr/sbin/nologin', name],
      // 9: there already.
      { timeout: 20, accepts: [0, 9] },
    )
  return systemUsers()
}
