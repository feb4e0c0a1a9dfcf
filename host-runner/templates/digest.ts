import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CatalogueEntry } from '../../config/catalogue.ts'
import { HELPER } from '../clones/identity-channel.ts'
import { qemuArgs } from '../commands/qemu.ts'
import type { Context } from '../context.ts'
import { qemuSpecOf } from '../qemu-spec-of.ts'
import { poolFiles } from '../session-files.ts'
import type { Flavor } from './template.ts'

/** Any id: the digest must not depend on which one a template was built under. */
const NOBODY = 'aaaaaaaaaaaaaaaaaaaa'

/**
 * Of everything that a frozen machine is made of: its image files, QEMU's version and arguments (processor and flavor
 * among them), and the helper that waits in it. An image is known by its inode, size and times: what was changed in
 * place has another digest, and no file of gigabytes is read.
 */
export async function templateDigest(
  { folders, engine }: Pick<Context, 'folders' | 'engine'>,
  machine: CatalogueEntry,
  { cpus, memory }: Flavor,
): Promise<string> {
  const how = await engine
  const images = folders.images
  const files = poolFiles(folders, NOBODY)
  const size = { kind: 'template', size: memory, file: 'memory' } as const
  const spec = qemuSpecOf({ id: NOBODY, machine, cpus, memory: size, files, engine: how, images })
  const parent = new RegExp(`${files.folder}|${files.control}|${files.display}|${images}`, 'g')
  const { image, boot } = machine
  const parts = [image.disk, ...(boot.firmware === 'kernel' ? [boot.kernel, boot.initrd ?? ''] : [])]
  const stamps = await Promise.all(
    parts.filter(Boolean).map(name => stampOf(join(images, machine.name, name))),
  )
  const madeOf = [how.version, qemuArgs(spec).map(arg => arg.replace(parent, '')), stamps, machine.ready]
  return createHash('sha256')
    .update(JSON.stringify(madeOf))
    .update(await readFile(HELPER))
    .digest('hex')
}

async function stampOf(file: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(file, { bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}
