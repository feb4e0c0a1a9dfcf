import type { Page } from 'playwright-core'
import { coloursOf, launch } from '../../harness/browser.ts'
import { type Figure, figure } from '../figure.ts'
import { warmSite } from './site.ts'

const LIMIT = 400_000
const DRAWN = 300

/** The click in Chromium → a key press that changes a pixel of the desktop: warm, and cold in the same browser. */
export async function inBrowser(rounds: number): Promise<Figure[]> {
  await using site = await warmSite({ DARTS_POOL_MAX: '1' })
  const browser = await launch()
  const pairs: [number, number][] = []
  try {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 844 } })).newPage()
    await page.goto(site.darts.address)
    for (let round = 0; round < rounds; round++) {
      await site.waiting(1)
      const warm = await click(page, site.darts.url, '2 GB')
      pairs.push([warm, await click(page, site.darts.url, '1 GB')])
    }
  } finally {
    await browser.close()
  }
  const name = 'click → a key changes a pixel in Chromium, warm ÷ cold'
  return [figure({ name, unit: 'ms', goal: '<= 0.025' }, pairs)]
}

async function click(page: Page, url: string, memory: string): Promise<number> {
  await page.goto(url)
  await page.getByText(memory, { exact: true }).click()
  await page.getByText(memory === '2 GB' ? 'Starts at once' : 'Boots first').waitFor()
  const start = performance.now()
  await page.getByRole('button', { name: /start/i }).first().click()
  await page.waitForURL(/\/s\//)
  const canvas = page.locator('canvas')
  await canvas.waitFor({ timeout: LIMIT })
  while ((await coloursOf(page)) < DRAWN) await frame(page)
  // The desktop moves from icon to icon by key after a click on an empty place of it.
  await canvas.click({ position: { x: 640, y: 120 } })
  const before = await pixels(page)
  for (let presses = 0; (await pixels(page)) === before; presses++) {
    if (performance.now() - start > LIMIT) throw new Error('no key changes a pixel')
    if (presses % 20 === 0) await page.keyboard.press('ArrowDown')
    await frame(page)
  }
  const took = performance.now() - start
  await page.getByRole('button', { name: 'Stop' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: /stop/i }).click()
  await page.getByText('The session was stopped.').waitFor({ timeout: 60_000 })
  return took
}

/** Resolves with the browser's next frame. */
const frame = (page: Page) => page.evaluate(() => new Promise(resolve => requestAnimationFrame(resolve)))

/** The corner where the desktop's icons are, as one text. */
const pixels = (page: Page): Promise<string> =>
  page.locator('canvas').evaluate(canvas => {
    const data = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(20, 20, 100, 300).data ?? []
    let hash = 0
    for (const value of data) hash = (hash * 31 + value) | 0
    return String(hash)
  })
