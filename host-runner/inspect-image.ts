import { stat } from 'node:fs/promises'
import * as v from 'valibot'
import { DartsError } from '../config/errors.ts'
import type { ImageFormat } from '../config/machine.ts'
import { prlimit } from './commands/prlimit.ts'
import { imageInfo } from './commands/qemu-img.ts'
import type { Identity } from './commands/setpriv.ts'
import { run } from './run.ts'

const LIMITS = { cpu: 10, memory: 2 ** 30 }
const LARGEST = 16 * 2 ** 40

export type Image = { file: string; format: ImageFormat; size: number }

const Info = v.looseObject({
  'virtual-size': v.number(),
  encrypted: v.optional(v.boolean()),
  'backing-filename': v.optional(v.string()),
  'format-specific': v.optional(
    v.looseObject({
      data: v.looseObject({
        'data-file': v.optional(v.string()),
        extents: v.optional(v.array(v.looseObject({ filename: v.string() }))),
      }),
    }),
  ),
})

const seen = new Map<string, { stamp: string; image: Promise<Image> }>()

/**
 * The machine's image, found to be one file of the forced format that names no other file. An image that has not
 * changed is looked into once. Size in bytes as the guest sees it.
 * @throws DartsError `machine-missing` or `image-unsafe`
 */
export async function inspectImage(file: string, format: ImageFormat, user: Identity): Promise<Image> {
  const there = await stat(file).catch(() => undefined)
  if (!there?.isFile()) throw new DartsError('machine-missing', `${file} is not there`)
  const stamp = `${format} ${there.ino} ${there.size} ${there.mtimeMs}`
  const known = seen.get(file)
  if (known?.stamp === stamp) return known.image
  const image = look(file, format, user)
  seen.set(file, { stamp, image })
  image.catch(() => seen.delete(file))
  return image
}

/** What is in the file was made by others: it is read by an unprivileged process with limits. */
async function look(file: string, format: ImageFormat, user: Identity): Promise<Image> {
  const command = prlimit(LIMITS, imageInfo(file, format))
  const { stdout } = await run(command, {
    user: { ...user, groups: [] },
    timeout: 15,
    failure: 'image-unsafe',
  })
  return { file, format, size: checkInfo(file, JSON.parse(stdout)) }
}

/** @throws DartsError `image-unsafe`; else the size */
export function checkInfo(file: string, json: unknown): number {
  const refuse = (why: string) => new DartsError('image-unsafe', `${file} ${why}`)
  const result = v.safeParse(Info, json)
  if (!result.success) throw refuse(`is not understood: ${result.issues[0].message}`)
  const info = result.output
  const { 'data-file': dataFile, extents = [] } = info['format-specific']?.data ?? {}
  const size = info['virtual-size']
  if (info['backing-filename'] !== undefined) throw refuse('has a backing file')
  if (dataFile !== undefined) throw refuse('keeps its data in another file')
  if (extents.some(extent => extent.filename !== file)) throw refuse('has extents in other files')
  if (info.encrypted) throw refuse('is encrypted')
  if (size === 0) throw refuse('is empty')
  if (size > LARGEST) throw refuse(`claims ${size} bytes, more than ${LARGEST}`)
  return size
}
