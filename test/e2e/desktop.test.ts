import { readdir } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test, vi } from 'vitest'
import type { SessionView } from '../../config/contract/api.ts'
import { folders } from '../../config/folders.ts'
import { findQemu } from '../../host-runner/find-qemu.ts'
import { isAlive } from '../../host-runner/processes.ts'
import { sessionFiles } from '../../host-runner/session-files.ts'
import { axe, coloursOf, keepPicture, launch, shareOf } from '../harness/browser.ts'
import { type Darts, startDarts } from '../harness/darts.ts'

/* As a person does it: the printed address, a click, a desktop, a command typed into its terminal, stop. */
const BOOT = 400_000
let darts: Darts
let browser: Browser
let page: Page
beforeAll(async () => {
  darts = await startDarts()
  browser = await launch()
  page = await (await browser.newContext({ viewport: { width: 1280, height: 844 } })).newPage()
})
beforeEach(({ task }) => onTestFailed(() => keepPicture(page, `failed ${task.name.slice(0, 40)}`)))
afterAll(async () => {
  await browser.close()
  await darts.stop('SIGINT')
})

const sessionId = () => page.url().split('/').at(-1) ?? ''

test('a stranger is asked to log in, and the printed address lets in without staying in the address bar', async () => {
  const stranger = await (await browser.newContext()).newPage()
  expect((await stranger.goto(darts.url))?.status()).toBe(401)
  expect(await axe(stranger)).toEqual([])
  await keepPicture(stranger, 'login')
  await stranger.close()
  await page.goto(darts.address)
  expect(page.url()).toBe(`${darts.url}/`)
})

test('the landing page shows the machine with its picture and choices, and axe finds nothing', async () => {
  const start = page.getByRole('button', { name: /start/i }).first()
  await start.waitFor()
  await expect.poll(() => start.isEnabled(), { timeout: 60_000 }).toBe(true)
  await page.getByRole('heading', { name: 'Debian scientific desktop' }).waitFor()
  // Its flavor of two CPUs and 2 GB is kept booted; that may have to be built first.
  await page.getByText('Starts at once').waitFor({ timeout: BOOT })
  expect(await axe(page)).toEqual([])
  await keepPicture(page, 'landing')
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await axe(page)).toEqual([])
  await keepPicture(page, 'landing-dark')
  await page.setViewportSize({ width: 360, height: 740 })
  await keepPicture(page, 'landing-phone')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 844 })
})

test('another flavor boots: its page shows each step until the desktop is there', async () => {
  await page.getByText('1 GB', { exact: true }).click()
  await page.getByText('Boots first').waitFor()
  await startByKeyboard()
  await page.getByText('Starting the machine').first().waitFor()
  expect(await axe(page)).toEqual([])
  await keepPicture(page, 'starting')
  await page.locator('canvas').waitFor({ timeout: 60_000 })
  await keepPicture(page, 'booting')
  await expect.poll(state, { timeout: BOOT, interval: 1000 }).toBe('ready')
  await desktopIsDrawn()
  await keepPicture(page, 'booted')
  await stop()
})

test('one click, by keyboard too, and a copy of the running machine is there', async () => {
  await page.getByRole('link', { name: 'Back to machines' }).click()
  await page.getByText('Starts at once').waitFor()
  await startByKeyboard()
  await page.locator('canvas').waitFor({ timeout: 60_000 })
  await page.getByText(/^Started in .* as a copy of a running machine$/).waitFor()
  await desktopIsDrawn()
  expect(await view()).toMatchObject({ state: 'ready', start: 'warm' })
  await keepPicture(page, 'desktop')
  expect(await axe(page)).toEqual([])
})

test('a reload finds the session again', async () => {
  await page.reload()
  await page.locator('canvas').waitFor()
  await desktopIsDrawn()
})

test("a command typed into the desktop's terminal is done by the guest", async () => {
  // Its colour 1 (see the recipe's terminalrc) behind a screen full of letters. No key of it needs Shift.
  const red: [number, number, number] = [217, 116, 127]
  expect(await shareOf(page, red)).toBeLessThan(0.01)
  await openTerminal()
  await page.keyboard.type('tput setab 1; base64 -w 0 /bin/true\n', { delay: 30 })
  await expect.poll(() => shareOf(page, red), { timeout: 60_000, interval: 500 }).toBeGreaterThan(0.1)
  await keepPicture(page, 'typed')
})

test('text goes into the desktop and comes out of it by the clipboard', async () => {
  const green: [number, number, number] = [143, 191, 138]
  const text = page.getByLabel('Text shared with the desktop')
  const sendAndPaste = async () => {
    await page.getByRole('button', { name: 'Clipboard' }).click()
    await text.fill('tput setab 2; base64 -w 0 /bin/true')
    await page.getByRole('button', { name: 'Send to the desktop' }).click()
    await page.keyboard.press('Escape')
    await page.locator('canvas').click({ position: { x: 600, y: 400 } })
    await page.keyboard.press('Control+Shift+V')
    // The desktop asks the host for the text, which comes in its own time: Enter on an empty line does no harm.
    const greenAfterEnter = async () => {
      await page.keyboard.press('Enter')
      return shareOf(page, green)
    }
    await expect.poll(greenAfterEnter, { timeout: 15_000, interval: 1000 }).toBeGreaterThan(0.1)
  }
  // A copy that did not wait in the pool starts its clipboard's agent now.
  await vi.waitFor(sendAndPaste, { timeout: 90_000 })
  await page.keyboard.type('clear\n', { delay: 30 })
  await expect.poll(() => shareOf(page, green), { timeout: 30_000, interval: 500 }).toBeLessThan(0.1)
  // The prompt is the first line of a window in the middle of the screen: a word of it.
  await page.locator('canvas').dblclick({ position: { x: 340, y: 161 }, delay: 60 })
  await page.keyboard.press('Control+Shift+C')
  await page.getByRole('button', { name: 'Clipboard' }).click()
  await expect.poll(() => text.inputValue(), { timeout: 30_000 }).toContain('admin@starter')
  expect(await axe(page)).toEqual([])
  await keepPicture(page, 'clipboard')
  await page.keyboard.press('Escape')
})

test('stop asks first, says how it ended, and leaves nothing on the host', async () => {
  const all = folders(darts.settings)
  const qemu = await findQemu(sessionFiles(all, sessionId()))
  expect(qemu).toBeDefined()
  await stop()
  await keepPicture(page, 'ended')
  expect(await axe(page)).toEqual([])
  expect(qemu && (await isAlive(qemu))).toBe(false)
  for (const folder of [all.sessions, all.displays, all.control]) expect(await readdir(folder)).toEqual([])
})

const view = async () => (await (await darts.api(`/api/sessions/${sessionId()}`)).json()) as SessionView
const state = async () => (await view()).state

async function startByKeyboard() {
  await page.getByRole('button', { name: /start/i }).first().focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/s\/[a-z0-9]{20}$/)
}

async function stop() {
  await page.getByRole('button', { name: 'Stop' }).first().click()
  await page.getByRole('dialog').waitFor()
  await keepPicture(page, 'stop')
  await page.getByRole('dialog').getByRole('button', { name: /stop/i }).click()
  await page.getByText('The session was stopped.').waitFor({ timeout: 60_000 })
}

/** The third thing in the panel at the lower edge; a desktop that is still busy with a new size may miss a click. */
async function openTerminal() {
  const canvas = page.locator('canvas')
  const isOpen = () => shareOf(page, [20, 28, 38]).then(share => share > 0.1)
  const clickUntilOpen = async () => {
    const { width, height } = (await canvas.boundingBox()) ?? { width: 0, height: 0 }
    await canvas.click({ position: { x: (width * 170) / 1280, y: height - 20 }, delay: 100 })
    await expect.poll(isOpen, { timeout: 30_000, interval: 500 }).toBe(true)
  }
  await vi.waitFor(clickUntilOpen, { timeout: 150_000 })
}

const desktopIsDrawn = () =>
  expect.poll(() => coloursOf(page), { timeout: 30_000, interval: 500 }).toBeGreaterThan(300)
