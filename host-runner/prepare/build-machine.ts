import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CatalogueEntry } from '../../config/catalogue.ts'
import { DartsError } from '../../config/errors.ts'
import { contained } from '../commands/contained.ts'
import type { Context } from '../context.ts'
import { run } from '../run.ts'

const DIGEST = 'recipe.sha256'
const LIMIT = 7200

type Place = Pick<Context, 'folders' | 'stopping'>

/** Built, and by this recipe. */
export async function isBuilt(
  { folders }: Pick<Place, 'folders'>,
  machine: CatalogueEntry,
): Promise<boolean> {
  const folder = join(folders.images, machine.name)
  const digest = await readFile(join(folder, DIGEST), 'utf8').catch(() => '')
  return (
    digest === (await recipeDigest(machine)) &&
    (await stat(join(folder, machine.image.disk)).catch(() => undefined)) !== undefined
  )
}

/**
 * Runs the machine's recipe, as root, in a folder beside the images, which then takes the place of the old one.
 * A recipe is a program of the administrator: `<recipe> OUTDIR`; its lines `progress PERCENT TEXT` tell how far it is.
 */
export async function buildMachine(
  { folders, stopping }: Place,
  machine: CatalogueEntry,
  progress: (percent: number, text: string) => void,
): Promise<void> {
  const { recipe = '', disk } = machine.image
  const folder = join(folders.images, machine.name)
  const work = join(folders.images, `.${machine.name}.new`)
  await rm(work, { recursive: true, force: true })
  await mkdir(work, { recursive: true })
  await chmod(folders.images, 0o755)
  try {
    await run(contained([join(machine.folder, recipe), work]), {
      cwd: machine.folder,
      env: { HOME: '/root', DEBIAN_FRONTEND: 'noninteractive' },
      timeout: LIMIT,
      signal: stopping.signal,
      failure: 'set-up',
      onLine: line => {
        const [, percent, text] = /^progress ([0-9.]+) (.*)$/.exec(line) ?? []
        if (percent !== undefined) progress(Math.min(100, Number(percent)), text ?? '')
      },
    })
    if (!(await stat(join(work, disk)).catch(() => undefined)))
      throw new DartsError('set-up', `the recipe of ${machine.name} made no ${disk}`)
    await writeFile(join(work, DIGEST), await recipeDigest(machine))
    for (const name of await readdir(work)) await chmod(join(work, name), 0o644)
    await chmod(work, 0o755)
    await replaceFolder(work, folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Running sessions keep the files that they have open. */
async function replaceFolder(from: string, to: string): Promise<void> {
  const old = `${from}.old`
  await rm(old, { recursive: true, force: true })
  await rename(to, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rename(from, to)
  await rm(old, { recursive: true, force: true })
}

/** Of every file of the recipe's folder but those that the image is not made of. */
export async function recipeDigest({ folder, picture, customize }: CatalogueEntry): Promise<string> {
  const apart = new Set(['machine.json', picture, customize])
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter(entry => entry.isFile() && !(entry.parentPath === folder && apart.has(entry.name)))
    .map(entry => join(entry.parentPath, entry.name))
  const hash = createHash('sha256')
  for (const file of files.sort()) {
    const { mode } = await stat(file)
    hash
      .update(`${file.slice(folder.length)}\0${mode & 0o111}\0`)
      .update(await readFile(file))
      .update('\0')
  }
  return hash.digest('hex')
}
