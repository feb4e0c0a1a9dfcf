import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Browser, Page } from 'playwright-core'
import * as v from 'valibot'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { connectAs } from '../../config/bus/address.ts'
import type { Bus } from '../../config/bus/connect.ts'
import { newSecret, storeLogin } from '../../config/bus/logins.ts'
import { readServices } from '../../config/bus/services.ts'
import type { ServiceView, SessionView } from '../../config/contract/api.ts'
import { SERVICE_DIED, ServiceDied } from '../../config/contract/services.ts'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import { machineReady } from '../harness/api.ts'
import { axe, keepPicture, launch } from '../harness/browser.ts'
import { type Darts, startDarts } from '../harness/darts.ts'
import { hear } from '../harness/heard.ts'
import { until } from '../harness/session-events.ts'
import { freshSettings } from '../harness/settings.ts'
import { installTinyAndStarter } from '../harness/tiny-guest.ts'

/* What an administrator sees of processes that end. */
let settings: Settings
let remove: () => Promise<void>
let darts: Darts
let bus: Bus
let browser: Browser
let page: Page
let dora: string
beforeAll(async () => {
  const fresh = await freshSettings()
  settings = fresh.settings
  remove = fresh.remove
  await installTinyAndStarter(settings)
  darts = await startDarts({ DARTS_WARM: 'off' }, settings)
  bus = await connectAs(settings, 'cli')
  dora = newSecret()
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const login = { principal: 'dora', role: 'user', kind: 'token', expiresAt } as const
  await storeLogin(await bus.bucket('logins'), dora, login)
  browser = await launch()
  page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage()
  await machineReady(darts, 'tiny')
})
beforeEach(({ task }) => onTestFailed(() => keepPicture(page, `failed ${task.name.slice(0, 40)}`)))
afterAll(async () => {
  await browser.close()
  await bus.close()
  await darts.stop('SIGINT')
  await remove()
})

const service = async (name: string): Promise<ServiceView> => {
  const found = (await readServices(bus)).find(one => one.name === name)
  if (!found) throw new Error(`nothing is told of ${name}`)
  return found
}
const kill = async (name: string) => process.kill((await service(name)).pid ?? 0, 'SIGKILL')

test('a service that dies is started again, and it is told in its record, as an event and in the log', async () => {
  const died = hear(bus.nc, 'darts.evt._system.functions.*')
  const before = await service('functions')
  expect(before).toMatchObject({ state: 'running', restarts: 0 })
  await kill('functions')
  const event = await died.until('died')
  expect(event).toMatchObject({ type: SERVICE_DIED, subject: 'functions' })
  expect(v.parse(ServiceDied, event.data)).toEqual({ service: 'functions', how: 'by SIGKILL', restarts: 1 })
  await expect
    .poll(() => service('functions'))
    .toMatchObject({
      state: 'running',
      restarts: 1,
      lastEnd: { how: 'by SIGKILL' },
    })
  expect((await service('functions')).pid).not.toBe(before.pid)
  const log = await readFile(join(folders(settings).logs, 'supervisor.log'), 'utf8')
  const lines = log
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines).toContainEqual(
    expect.objectContaining({ part: 'supervisor', service: 'functions', pid: before.pid, how: 'by SIGKILL' }),
  )
})

test('an end of NATS itself is told when it is back', async () => {
  await kill('nats')
  const told = () => service('nats').catch(() => undefined)
  await expect.poll(told, { timeout: 60_000 }).toMatchObject({ restarts: 1, lastEnd: { how: 'by SIGKILL' } })
  const stored = () => bus.jsm.streams.getMessage('EVENTS', { last_by_subj: 'darts.evt._system.nats.died' })
  await expect
    .poll(() => stored().then(message => message?.json(), String), { timeout: 30_000 })
    .toMatchObject({
      type: SERVICE_DIED,
      data: { service: 'nats' },
    })
})

test('an administrator finds the page in the header, by keyboard, and axe finds nothing in it', async () => {
  // The services find NATS again, each for itself.
  await expect.poll(async () => (await page.goto(darts.address))?.status(), { timeout: 30_000 }).toBe(200)
  const link = page.getByRole('link', { name: 'Administration' })
  await link.waitFor()
  await link.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Administration' }).waitFor()
  await page.getByRole('listitem').filter({ hasText: 'host-runner' }).waitFor()
  expect(await axe(page)).toEqual([])
})

test('a killed host-runner is seen on the open page: its restart and how it ended', async () => {
  const card = page.getByRole('listitem').filter({ hasText: 'host-runner' })
  await card.getByText('never restarted').waitFor()
  await kill('host-runner')
  await card.getByText('1 restart').waitFor()
  await card.getByText('Last ended by SIGKILL').waitFor()
  await card.getByText('Running').waitFor()
})

test("a user's session appears on the open page, and the administrator stops it after a question", async () => {
  await machineReady(darts, 'tiny')
  const created = await darts.api('/api/sessions', {
    method: 'POST',
    body: '{"machine":"tiny"}',
    token: dora,
  })
  const { id } = (await created.json()) as SessionView
  const row = page.getByRole('listitem').filter({ hasText: 'tiny of dora' })
  await row.getByText('Running').waitFor({ timeout: 120_000 })
  await keepPicture(page, 'admin')
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await axe(page)).toEqual([])
  await keepPicture(page, 'admin-dark')
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  await keepPicture(page, 'admin-phone')
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.emulateMedia({ colorScheme: 'light' })
  await row.getByRole('button', { name: 'Stop tiny of dora' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Stop tiny of dora?' })
  await dialog.waitFor()
  await keepPicture(page, 'admin-stop')
  await dialog.getByRole('button', { name: 'Stop the session' }).click()
  await row.getByText('Ended', { exact: true }).waitFor({ timeout: 30_000 })
  await until(darts, id, 'ended')
})

test('the command line shows services and functions in one table, with restarts and the last failure', async () => {
  const { stdout } = await execa('bin/darts', ['functions'], { env: darts.env })
  expect(stdout).toMatch(/^host-runner +running +1 +ended by SIGKILL, 20/m)
  expect(stdout).toMatch(/^sessions +running +0 +[0-9]+ +0 /m)
})

test('who is no administrator has no link to the page, and is refused by it in a sentence', async () => {
  const other = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage()
  await other.goto(`${darts.url}/?token=${dora}`)
  await other.getByText('dora').waitFor()
  expect(await other.getByRole('link', { name: 'Administration' }).count()).toBe(0)
  await other.goto(`${darts.url}/admin`)
  await other.getByRole('alert').getByText('Only an administrator may see this.').waitFor()
  expect(await other.getByRole('listitem').count()).toBe(0)
  expect(await axe(other)).toEqual([])
  await keepPicture(other, 'admin-refused')
  await other.close()
})
