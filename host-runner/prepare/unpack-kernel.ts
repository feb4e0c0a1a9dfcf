import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { run } from '../run.ts'

const MAGIC = 'HdrS'
const XZ = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])

/**
 * The kernel inside a bzImage, ready to run: QEMU starts it by its PVH note. Unpacking itself is what a guest under
 * TCG spends most of its start on: 5 s of 9 on an idle machine, more on a busy one. False when it is packed in
 * another way; then the packed one serves.
 */
export async function unpackKernel(bzImage: string, output: string): Promise<boolean> {
  const payload = payloadOf(await readFile(bzImage))
  if (!payload?.subarray(0, XZ.length).equals(XZ)) return false
  const work = `${output}.unpacking`
  await writeFile(`${work}.xz`, payload)
  try {
    // Behind the stream stands the size of what is in it, which is no xz.
    await run(['xz', '--decompress', '--single-stream', `${work}.xz`], { timeout: 120, failure: 'set-up' })
    await rename(work, output)
    return true
  } finally {
    await rm(`${work}.xz`, { force: true })
  }
}

/** Fields of https://docs.kernel.org/arch/x86/boot.html: setup_sects, payload_offset, payload_length. */
function payloadOf(image: Buffer): Buffer | undefined {
  if (image.length < 0x250 || image.toString('latin1', 0x202, 0x206) !== MAGIC) return undefined
  const start = ((image[0x1f1] || 4) + 1) * 512 + image.readUInt32LE(0x248)
  return image.subarray(start, start + image.readUInt32LE(0x24c))
}
