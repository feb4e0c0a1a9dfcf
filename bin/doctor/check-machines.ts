import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type CatalogueEntry, readCatalogue } from '../../config/catalogue.ts'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import { whyCold } from '../../host-runner/templates/templates.ts'
import type { Finding } from './checks.ts'

/** A machine that asks for warm starts and cannot have them. */
function whyItIsCold(machine: CatalogueEntry): Finding[] {
  const why = machine.warm.flavors.length > 0 ? whyCold(machine) : undefined
  if (why === undefined) return []
  const mend = 'change its machine.json: see `warm` in config/machine.ts'
  return [{ is: 'note', what: `machine ${machine.name} is always started cold: ${why}`, mend }]
}

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
  const cold = [...catalogue.values()].flatMap(machine => whyItIsCold(machine))
  return [...wrong, ...machines, ...cold]
}
