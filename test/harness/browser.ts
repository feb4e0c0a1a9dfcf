import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, chromium, type Page } from 'playwright-core'

const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const SHOTS = fileURLToPath(new URL('../artifacts', import.meta.url))

/** Debian's Chromium with an empty profile, or a program that starts it. */
export const launch = (executablePath = '/usr/bin/chromium'): Promise<Browser> =>
  chromium.launch({ executablePath, args: FLAGS.split(' ') })

/** Keeps a picture of the page for people to look at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: `${SHOTS}/${name}.png` })
}

/** What axe finds, as one line a finding. */
export async function axe(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

type Colour = [red: number, green: number, blue: number]

/** How much of the display has this colour, 0 to 1. */
export const shareOf = (page: Page, colour: Colour): Promise<number> =>
  page.locator('canvas').evaluate((canvas, wanted) => {
    const { width, height } = canvas as HTMLCanvasElement
    const pixels =
      (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? []
    let hits = 0
    for (let at = 0; at < pixels.length; at += 4)
      if (wanted.every((value, i) => Math.abs((pixels[at + i] ?? 0) - value) <= 3)) hits++
    return hits / (width * height)
  }, colour)

/** Distinct colours of the display in a sample: a text console has few, a desktop with its wallpaper hundreds. */
export const coloursOf = (page: Page): Promise<number> =>
  page.locator('canvas').evaluate(canvas => {
    const { width, height } = canvas as HTMLCanvasElement
    const pixels =
      (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? []
    const seen = new Set<number>()
    for (let at = 0; at < pixels.length; at += 28)
      seen.add(((pixels[at] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at + 2] ?? 0))
    return seen.size
  })
