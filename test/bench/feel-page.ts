import type { Browser, Page } from 'playwright-core'
import { type Area, type Burst, type Change, installProbe } from './display-probe.ts'

export const SCREEN = { width: 1920, height: 1080 }
/** Milliseconds for which a hand holds a key: its release is one more message, on which QEMU looks at its display again. */
export const HELD = 80
/** Above the desktop, in pixels of the page. */
const BAR = 44
/** Where the bench has put its terminal, and the launchers in the panel of the starter machine. */
const TERMINAL: Area = { x: 210, y: 130, width: 680, height: 430 }
const BACKGROUND = [20, 28, 38]
const LAUNCHERS = [131, 211]
/** The part of a scene that moves, and one of it with much detail. */
const MOVING = 400 * 300
const DETAIL: Area = { x: 150, y: 150, width: 300, height: 200 }
/** QEMU sends again without loss what it sent as JPEG and has not changed for two seconds. */
const SETTLED = 3500

/** The page of a session as its user has it, through whichever network the browser has. */
export async function openFeelPage(browser: Browser, address: string, session: string) {
  const context = await browser.newContext({
    viewport: { width: SCREEN.width, height: SCREEN.height + BAR },
  })
  const page = await context.newPage()
  await installProbe(page)
  await page.goto(address)
  await page.goto(`${new URL(address).origin}/s/${session}`)
  await page.waitForFunction(({ width, height }) => {
    const canvas = document.querySelector('canvas')
    return canvas?.width === width && canvas.height === height
  }, SCREEN)
  await calm(page)
  return {
    choose: (encodings: readonly number[]) => page.evaluate(list => probe.choose(list), encodings),
    typeInTerminal: (keys: number) => typeInTerminal(page, keys),
    pointAtLaunchers: (times: number) => pointAtLaunchers(page, times),
    show: (key: string) => show(page, key),
    move: (milliseconds: number) => move(page, milliseconds),
    /** Resolves when a scene has the whole screen. */
    wholeScreen: () => wholeScreen(page),
    error: (lossless: readonly number[]) =>
      page.evaluate(([area, quiet, list]) => probe.error(area, quiet, list), [
        DETAIL,
        SETTLED,
        lossless,
      ] as const),
    withoutNudges: <T>(act: () => Promise<T>) => withoutNudges(page, act),
    press: (key: string) => page.keyboard.press(key),
    calm: () => calm(page),
    close: () => context.close(),
  }
}
export type FeelPage = Awaited<ReturnType<typeof openFeelPage>>

/** Every second key without the page's nudges. */
async function typeInTerminal(page: Page, keys: number): Promise<{ nudged: Change[]; plain: Change[] }> {
  const changes = { nudged: [] as Change[], plain: [] as Change[] }
  const [x, y] = [TERMINAL.x + 300, TERMINAL.y + 200]
  await colourAt(page, x, y, BACKGROUND)
  await page.mouse.click(x, BAR + y)
  await calm(page)
  const press = () => change(page, TERMINAL, () => page.keyboard.press('x', { delay: HELD }))
  // Of any length, so that keys do not fall in step with the ticks of QEMU's display; longer than the nudges.
  const pause = () => page.waitForTimeout(300 + Math.random() * 100)
  for (let key = 0; key < keys; key++) {
    changes.nudged.push(await press())
    await pause()
    changes.plain.push(await withoutNudges(page, press))
    await pause()
  }
  await page.keyboard.press('Control+u')
  return changes
}

async function withoutNudges<T>(page: Page, act: () => Promise<T>): Promise<T> {
  const set = (without: boolean) =>
    page.evaluate(value => {
      probe.withoutNudges = value
    }, without)
  await set(true)
  const result = await act()
  await set(false)
  return result
}

async function pointAtLaunchers(page: Page, times: number): Promise<Change[]> {
  const changes: Change[] = []
  const y = SCREEN.height - 20
  for (let time = 0; time < times; time++) {
    const x = LAUNCHERS[time % 2] ?? 0
    const area = { x: x - 18, y: y - 18, width: 36, height: 36 }
    changes.push(await change(page, area, () => page.mouse.move(x, BAR + y)))
    await page.waitForTimeout(200 + Math.random() * 100)
  }
  await page.mouse.move(1200, 500)
  await calm(page)
  return changes
}

async function change(page: Page, area: Area, act: () => Promise<void>): Promise<Change> {
  await page.evaluate(watched => {
    probe.waiting = probe.change(watched)
  }, area)
  await act()
  return page.evaluate(() => probe.waiting as Promise<Change>)
}

/** A key that makes a scene change the whole screen: until its last frame has been drawn. */
async function show(page: Page, key: string): Promise<Burst> {
  await page.evaluate(
    atLeast => {
      probe.waiting = probe.burst(atLeast, 800)
    },
    SCREEN.width * SCREEN.height * 0.8,
  )
  await page.keyboard.press(key)
  return page.evaluate(() => probe.waiting as Promise<Burst>)
}

/** Its first text is white in a place where the desktop is dark. */
const wholeScreen = (page: Page) => colourAt(page, SCREEN.width - 20, SCREEN.height - 10, [255, 255, 255])

async function colourAt(page: Page, x: number, y: number, colour: readonly number[]) {
  await page.waitForFunction(
    ([at, down, wanted]) => {
      const screen = document.querySelector('canvas')?.getContext('2d')
      const found = screen?.getImageData(at, down, 1, 1).data
      return wanted.every((value, i) => value === found?.[i])
    },
    [x, y, colour] as const,
  )
  await calm(page)
}

async function move(page: Page, milliseconds: number): Promise<Burst> {
  await page.keyboard.press('m')
  await page.waitForTimeout(1500)
  const seen = await page.evaluate(
    ([time = 0, area = 0]) => probe.during(time, area),
    [milliseconds, MOVING * 0.8],
  )
  await page.keyboard.press('s')
  await calm(page)
  return seen
}

const calm = (page: Page) => page.evaluate(() => probe.calm(1000))
