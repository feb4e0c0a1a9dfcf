import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { SessionView } from '../../config/contract/api.ts'
import { agentOf } from '../harness/agent-of.ts'
import { machineReady } from '../harness/api.ts'
import { launch } from '../harness/browser.ts'
import { type Darts, startDarts } from '../harness/darts.ts'
import { startOnScreen, writeInGuest } from '../harness/guest-shell.ts'
import { until } from '../harness/session-events.ts'
import { openSlowLink } from '../harness/slow-link.ts'
import { openDisplay } from '../harness/viewer.ts'
import { CHOSEN, ENCODINGS, LOSSLESS } from './encodings.ts'
import { type FeelPage, HELD, openFeelPage } from './feel-page.ts'
import { emptyTaken, figures, type Path, printTables, type Sample, type Taken } from './feel-report.ts'
import type { Figure } from './figure.ts'

const SCENES = fileURLToPath(new URL('../fixtures/scenes/scenes.py', import.meta.url))
const KEYS = 15
const MOVES = 8
const MOVING = 3000

/**
 * How a desktop of 1920×1080 feels in Chromium through 20 Mbit/s and 50 ms, against no link at all: key press and
 * pointer move → changed pixel, and whole-screen changes in each encoding that QEMU and noVNC have in common.
 */
export async function remoteFeel(rounds: number): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack()
  const darts = await startDarts()
  stack.defer(() => darts.stop('SIGINT'))
  await machineReady(darts, 'starter')
  const session = await startSession(darts)
  const agent = agentOf(darts.settings, session)
  const link = stack.use(await openSlowLink(Number(new URL(darts.url).port)))
  const direct = await launch()
  stack.defer(() => direct.close())
  const slow = await launch(link.chromium)
  stack.defer(() => slow.close())
  await writeInGuest(agent, '/run/scenes.py', readFileSync(SCENES, 'utf8'))
  await startOnScreen(agent, 'xfce4-terminal --disable-server --geometry=84x24+200+100')

  const taken: Taken[] = []
  const samples: Sample[] = []
  for (let round = 0; round < rounds; round++) {
    const one: Taken = emptyTaken()
    for (const path of ['direct', 'slow'] as const) {
      const address = path === 'slow' ? darts.address.replace(darts.url, link.url) : darts.address
      const page = await openFeelPage(path === 'slow' ? slow : direct, address, session)
      const { nudged, plain } = await page.typeInTerminal(KEYS)
      one.hand[path] = nudged
      one.plain[path] = plain
      one.pointer[path] = await page.pointAtLaunchers(MOVES)
      samples.push(...(await scenes(page, agent, path)))
      await page.close()
    }
    one.bare = await typeBare(darts, session)
    taken.push(one)
  }
  printTables(taken, samples)
  return figures(taken, samples)
}

async function startSession(darts: Darts): Promise<string> {
  const body = '{"machine":"starter"}'
  const { id } = (await (await darts.api('/api/sessions', { method: 'POST', body })).json()) as SessionView
  await until(darts, id, 'ready')
  return id
}

/** Every encoding after the other, each with a photograph, a page of text, and a photograph that moves. */
async function scenes(page: FeelPage, agent: string, path: Path): Promise<Sample[]> {
  await startOnScreen(agent, 'python3 /run/scenes.py')
  await page.wholeScreen()
  const samples: Sample[] = []
  for (const { name, list } of ENCODINGS) {
    await page.choose(list)
    const photo = await page.show('p')
    const shown = path === 'direct' ? await page.error(LOSSLESS) : undefined
    await page.choose(list)
    const text = await page.show('t')
    const moving = await page.move(MOVING)
    const moved = await page.error(LOSSLESS)
    await page.choose(list)
    const plain = name === CHOSEN ? await page.withoutNudges(() => page.move(MOVING)) : undefined
    samples.push({
      path,
      encoding: name,
      photo: photo.milliseconds,
      text: text.milliseconds,
      frames: (moving.frames / MOVING) * 1000,
      ...(plain && { plainFrames: (plain.frames / MOVING) * 1000 }),
      bytes: { photo: photo.bytes, text: text.bytes, moving: (moving.bytes / MOVING) * 1000 },
      error: { ...(shown !== undefined && { shown }), moved },
    })
  }
  await page.press('q')
  await page.calm()
  return samples
}

/** The same keys from a client without a browser, at the gateway: what QEMU and the guest take of them. */
async function typeBare(darts: Darts, session: string): Promise<number[]> {
  const { rfb } = await openDisplay(darts, session)
  let drawn = () => {}
  const watch = async () => {
    for (;;) {
      await rfb.update(true)
      drawn()
    }
  }
  watch().catch(() => {})
  await sleep(1000)
  const times: number[] = []
  for (let key = 0; key < KEYS; key++) {
    const before = Buffer.from(rfb.frame)
    const start = performance.now()
    rfb.key(0x78, true)
    setTimeout(() => rfb.key(0x78, false), HELD)
    await new Promise<void>(resolve => {
      drawn = () => rfb.frame.equals(before) || resolve()
    })
    times.push(performance.now() - start)
    await sleep(HELD + 200 + Math.random() * 100)
  }
  rfb.close()
  return times
}
