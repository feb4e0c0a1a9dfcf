import { mkdir } from 'node:fs/promises'
import { readCatalogue } from '../../config/catalogue.ts'
import { folders } from '../../config/folders.ts'
import { buildMachine, isBuilt } from '../../host-runner/prepare/build-machine.ts'
import { installPackages } from '../../host-runner/prepare/install-packages.ts'
import { CACHE, IMAGES } from './cache.ts'
import { tinyGuest } from './tiny-guest.ts'

/* Brings what the tests need and the service itself would bring at its first start: packages, and images. */
const stopping = new AbortController()
const shown = new Map<string, number>()
const show = (step: string) => (percent: number, text: string) => {
  const tens = Math.floor(percent / 10)
  if (shown.get(step) === tens) return
  shown.set(step, tens)
  console.log(`${step}: ${tens * 10} % ${text}`)
}
const report = { running: show('packages'), done() {}, failed: console.error }

await installPackages(report, stopping.signal)
await mkdir(IMAGES, { recursive: true })
await tinyGuest()
const places = folders({ state: CACHE, run: CACHE, images: IMAGES, templates: CACHE, site: CACHE })
const starter = (await readCatalogue(places)).get('starter')
if (!starter) throw new Error('the starter machine is not in the catalogue')
if (!(await isBuilt({ folders: places }, starter)))
  await buildMachine({ folders: places, stopping }, starter, show('starter machine'))
