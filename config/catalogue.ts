import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { DartsError } from './errors.ts'
import type { Folders } from './folders.ts'
import { Machine } from './machine.ts'

/** A machine with the folder that its machine.json, recipe, script and picture lie in. */
export type CatalogueEntry = Machine & { folder: string }
export type Catalogue = ReadonlyMap<string, CatalogueEntry>

const BUILT_IN = fileURLToPath(new URL('machines', import.meta.url))

/**
 * Reads every `<folder>/<name>/machine.json`: the ones that come with DARTS, then the site's, which win. A wrong one
 * is left out, so that it takes no other with it, and told to `onWrong` (code `settings-wrong`).
 */
export async function readCatalogue(
  folders: Pick<Folders, 'siteMachines'>,
  onWrong: (error: DartsError) => void = () => {},
): Promise<Catalogue> {
  const catalogue = new Map<string, CatalogueEntry>()
  for (const parent of [BUILT_IN, folders.siteMachines]) {
    for (const name of await subfolders(parent)) {
      const folder = join(parent, name)
      const machine = await readMachine(join(folder, 'machine.json'), name).catch(
        error => void onWrong(error),
      )
      if (machine) catalogue.set(name, { ...machine, folder })
    }
  }
  return catalogue
}

async function readMachine(file: string, name: string): Promise<Machine> {
  try {
    const machine = v.parse(Machine, JSON.parse(await readFile(file, 'utf8')))
    if (machine.name !== name) throw new Error(`name is ${machine.name}, its folder is ${name}`)
    return machine
  } catch (cause) {
    throw new DartsError('settings-wrong', `${file}: ${(cause as Error).message}`, { cause })
  }
}

async function subfolders(parent: string) {
  try {
    const entries = await readdir(parent, { withFileTypes: true })
    return entries.filter(entry => entry.isDirectory()).map(entry => entry.name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
