import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'

/** A flavor of a machine that is kept warm. */
export type Flavor = { machine: string; cpus: number; memory: number }

/** One NATS subject token and folder name. */
export const templateName = ({ machine, cpus, memory }: Flavor) => `${machine}-${cpus}x${memory}`

/*
 *   <templates>/<name>/   root 0711; its files root:darts-vm 0440: a clone's QEMU may read them, nobody writes them again
 *     memory      the guest's memory as a sparse file; clones map it privately
 *     state       the rest of the frozen machine: processors and devices
 *     disk.qcow2  what the guest wrote while it booted, on top of the machine's image
 *     empty.qcow2 an empty layer of the same size: copied, it is a clone's disk
 *     vars.fd     variables of UEFI, of a machine that has them
 */
export const templateFiles = (folder: string) => ({
  folder,
  memory: join(folder, 'memory'),
  state: join(folder, 'state'),
  disk: join(folder, 'disk.qcow2'),
  empty: join(folder, 'empty.qcow2'),
  vars: join(folder, 'vars.fd'),
  description: join(folder, 'template.json'),
})
export type TemplateFiles = ReturnType<typeof templateFiles>

const Description = v.object({
  v: v.literal(1),
  machine: v.string(),
  cpus: v.number(),
  /** MiB. */
  memory: v.number(),
  /** Of everything that it was made of: another one must be built anew. */
  digest: v.string(),
  /** Network address of the frozen guest. */
  mac: v.string(),
  builtAt: v.string(),
  /** MiB that it takes on its disk. */
  size: v.number(),
})
export type Description = v.InferOutput<typeof Description>
export type Template = Description & { name: string; files: TemplateFiles }

export const writeDescription = (files: TemplateFiles, description: Description) =>
  writeFile(files.description, JSON.stringify(description), { mode: 0o644 })

/** Undefined when there is none, or half of one. */
export async function readTemplate(folder: string): Promise<Template | undefined> {
  const files = templateFiles(folder)
  try {
    const description = v.parse(Description, JSON.parse(await readFile(files.description, 'utf8')))
    return { ...description, name: templateName(description), files }
  } catch {
    return undefined
  }
}
