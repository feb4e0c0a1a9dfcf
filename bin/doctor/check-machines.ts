import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readCatalogue } from '../../config/catalogue.ts'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import type { Finding } from './checks.ts'

export async function checkMachines(settings: Settings): Promise<Finding[]> {
  const places = folders(settings)
  const wrong: Finding[] = []
  const catalogue = await readCatalogue(places, error =>
    wrong.push({ is: 'bad', what: error.message, mend: 'correct the file' }),
  )
  const machines = [...catalogue.values()].map(({ name, image }): Finding => {
    const file = join(places.images, name, image.disk)
    if (existsSync(file)) return { is: 'good', what: `machine ${name}: its image is here` }
    const mend = image.recipe ? 'npm start builds it' : `put it there, or remove the machine`
    return { is: 'bad', what: `machine ${name}: there is no ${file}`, mend }
  })
  return [...wrong, ...machines]
}
