import { chmod, copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { execa } from 'execa'
import type { Kernel } from '../../host-runner/commands/supermin.ts'

export const INIT = fileURLToPath(new URL('../fixtures/tiny-guest/init', import.meta.url))
const BUSYBOX = '/bin/busybox'
const MODULES = ['virtio_pci', 'virtio_blk', 'virtio_console', 'pvpanic-pci', 'crc32c_generic', 'ext4']
const PROGRAMS = ['sh', 'cat', 'chmod', 'echo', 'env', 'ls', 'mkdir', 'mv', 'rm', 'sleep', 'touch', 'test']

/** An initramfs of busybox, the init script, the modules in the order that they are loaded in, and more files. */
export async function makeInitrd(
  kernel: Kernel,
  work: string,
  file: string,
  { init = INIT, wanted = MODULES, more = [] as string[] } = {},
): Promise<void> {
  const root = join(work, 'initrd')
  await mkdir(join(root, 'bin'), { recursive: true })
  await mkdir(join(root, 'modules'))
  await copyFile(BUSYBOX, join(root, 'bin/busybox'))
  await copyFile(init, join(root, 'init'))
  await chmod(join(root, 'init'), 0o755)
  for (const path of more) await copyFile(path, join(root, basename(path)))
  const modules = inOrder(await readFile(join(kernel.modules, 'modules.dep'), 'utf8'), wanted)
  for (const path of modules)
    await copyFile(join(kernel.modules, path), join(root, 'modules', basename(path)))
  await writeFile(join(root, 'modules/order'), modules.map(path => `${basename(path)}\n`).join(''))
  const names = ['.', 'bin', 'bin/busybox', 'init', 'modules', 'modules/order']
  const input = [
    ...names,
    ...more.map(path => basename(path)),
    ...modules.map(path => `modules/${basename(path)}`),
  ].join('\n')
  const options = { cwd: root, input, encoding: 'buffer', maxBuffer: 2 ** 28 } as const
  const { stdout } = await execa(BUSYBOX, ['cpio', '-o', '-H', 'newc'], options)
  await writeFile(file, gzipSync(stdout, { level: 1 }))
  await rm(root, { recursive: true })
}

/** modules.dep names what each needs, the first needed last. */
function inOrder(dep: string, wanted: string[]): string[] {
  const lines = new Map(
    dep.split('\n').map(line => {
      const [path = '', needs = ''] = line.split(':')
      return [basename(path).replace(/\.ko(\.\w+)?$/, ''), [path, ...needs.trim().split(' ').filter(Boolean)]]
    }),
  )
  return [...new Set(wanted.flatMap(name => [...(lines.get(name) ?? [])].reverse()))]
}

/** A file system that looks enough like Debian for virt-customize to run a script in it. */
export async function makeDisk(work: string, file: string): Promise<void> {
  const root = join(work, 'root')
  for (const folder of ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp', 'usr/bin', 'var/log'])
    await mkdir(join(root, folder), { recursive: true })
  await copyFile(BUSYBOX, join(root, 'bin/busybox'))
  for (const name of PROGRAMS) await symlink('busybox', join(root, 'bin', name))
  const files = {
    'os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Tiny guest"\n',
    debian_version: '12.0\n',
    fstab: '/dev/vda / ext4 rw 0 1\n',
    hostname: 'tiny\n',
    passwd: 'root:x:0:0:root:/root:/bin/sh\n',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, 'etc', name), text)
  await execa('mkfs.ext4', ['-q', '-F', '-d', root, file, '64M'])
  await rm(root, { recursive: true })
}
