import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readCatalogue } from '../../config/catalogue.ts'
import { contained } from '../../host-runner/commands/contained.ts'
import { bootArgs } from '../../host-runner/commands/qemu-disks.ts'
import { probeAccel } from '../../host-runner/prepare/probe-kvm.ts'
import { run } from '../../host-runner/run.ts'
import { systemUsers } from '../../host-runner/users.ts'
import { IMAGES } from '../harness/cache.ts'
import { type Figure, figure } from './figure.ts'
import { installOriginal } from './original/install.ts'

/** Milliseconds from the click (the POST of the form) to the answered link, a first frame and a drawn desktop. */
export type OriginalClick = { link: number; first: number; drawn: number }

/** Where serve.sh shows the master to their QEMU. */
const MASTER = '/var/lib/qemu-web-desktop/starter'
const GOAL = 1 / 200
const LIMIT = 600

const path = (file: string) => fileURLToPath(new URL(`original/${file}`, import.meta.url))

/** Clicks on Debian's qemu-web-desktop with our starter machine, a line a round: what ours is measured against. */
export async function original(rounds: number): Promise<object[]> {
  const name = `click on qemu-web-desktop ${await installOriginal()}`
  const clicks: object[] = []
  for (let round = 0; round < rounds; round++) {
    const times = Object.entries(await originalClick(IMAGES)).map(([until, time]) => [
      until,
      Math.round(time),
    ])
    clicks.push({ name, unit: 'ms', ...Object.fromEntries(times) })
  }
  return clicks
}

/** The same with both sides in each round; `ours` tells the milliseconds from its click to its drawn desktop. */
export async function againstOriginal(rounds: number, ours: () => Promise<number>): Promise<Figure[]> {
  const pairs: [number, number][] = []
  for (let round = 0; round < rounds; round++) pairs.push([await ours(), (await originalClick(IMAGES)).drawn])
  return [figure('click → drawn desktop, against qemu-web-desktop', pairs, GOAL)]
}

/** One click there, on the starter machine in this folder of images. Needs root; nothing runs on when it resolves. */
export async function originalClick(images: string): Promise<OriginalClick> {
  await installOriginal()
  const folder = await mkdtemp(join(tmpdir(), 'dq-'))
  try {
    await chmod(folder, 0o755)
    await writeFile(join(folder, 'options'), await optionsFor(folder))
    const program = [process.execPath, path('click.ts')]
    const serve = ['unshare', '--net', '--', 'sh', '-eu', path('serve.sh'), folder, images, ...program]
    const { stdout } = await run(contained(serve), { timeout: LIMIT })
    return JSON.parse(stdout)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What QEMU needs to boot it here, one argument a line: the accelerator that works, and the machine's kernel. */
async function optionsFor(folder: string): Promise<string> {
  const boot = (await readCatalogue({ siteMachines: folder })).get('starter')?.boot
  if (boot?.firmware !== 'kernel') throw new Error('the starter machine names no kernel')
  const { kernel, initrd, append } = boot
  const files = { kernel: join(MASTER, kernel), ...(initrd && { initrd: join(MASTER, initrd) }) }
  const accel = await probeAccel(systemUsers(), folder)
  const engine =
    accel === 'kvm' ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg,thread=multi', '-cpu', 'max']
  return `${[...engine, ...bootArgs({ firmware: 'kernel', append, ...files })].join('\n')}\n`
}
