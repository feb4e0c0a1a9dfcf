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
import { mustBeDesktop, warmSite } from './warm/site.ts'

/** Milliseconds from the click (the POST of the form) to the answered link, a first frame and a drawn desktop. */
export type OriginalClick = { link: number; first: number; drawn: number }

/** Where serve.sh shows the master to their QEMU. */
const MASTER = '/var/lib/qemu-web-desktop/starter'
const LIMIT = 600

const path = (file: string) => fileURLToPath(new URL(`original/${file}`, import.meta.url))

/** A click → its drawn desktop: ours, warm, against Debian's qemu-web-desktop with the same machine. */
export async function original(rounds: number): Promise<Figure[]> {
  const version = await installOriginal()
  await using site = await warmSite()
  const pairs: [number, number][] = []
  for (let round = 0; round < rounds; round++) {
    await site.waiting(1)
    const clicked = await site.open()
    mustBeDesktop(clicked)
    await site.stop(clicked)
    await site.waiting(1)
    // Waiting clones are stopped: they take nothing from the other side.
    pairs.push([clicked.times.frame, (await originalClick(IMAGES)).drawn])
  }
  const name = `click → drawn desktop ÷ qemu-web-desktop ${version}`
  return [figure({ name, unit: 'ms', goal: '<= 0.005' }, pairs)]
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
