import { access, readFile, rm, writeFile } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { ACCELS, type Accel } from '../../config/contract/facts.ts'
import { DartsError } from '../../config/errors.ts'
import { BOOT_DISK, probeArgs, REACHED_ITS_END } from '../commands/kvm-probe.ts'
import { QEMU } from '../commands/qemu.ts'
import type { Context } from '../context.ts'
import { run } from '../run.ts'
import type { Users } from '../users.ts'
import type { Engine } from './engine.ts'
import type { Report } from './report.ts'

const LIMIT = 5
const MACHINE_FAMILY = 'pc-q35'

const Remembered = v.object({
  kernel: v.string(),
  qemu: v.string(),
  accel: v.picklist(ACCELS),
  machineType: v.string(),
})

/** Which accelerator really works here, and QEMU's newest machine type; remembered for this kernel and this QEMU. */
export async function findEngine(
  { settings, users, stopping }: Pick<Context, 'settings' | 'users' | 'stopping'>,
  report: Report,
): Promise<Engine> {
  const file = join(settings.state, 'engine.json')
  const kernel = release()
  const qemu = await qemuVersion()
  const known = await recall(file)
  if (known?.kernel === kernel && known.qemu === qemu)
    return { accel: known.accel, machineType: known.machineType, version: qemu }
  report.running(20, 'Running a small guest')
  const accel = await probeAccel(users, settings.state, stopping.signal)
  const machineType = await newestMachineType()
  await writeFile(file, JSON.stringify({ kernel, qemu, accel, machineType }), { mode: 0o644 })
  return { accel, machineType, version: qemu }
}

/** The device file can be there and its guests hang at their first instructions, so one is run to its end. */
export async function probeAccel(users: Users, folder: string, signal?: AbortSignal): Promise<Accel> {
  const device = await access('/dev/kvm').then(
    () => true,
    () => false,
  )
  return device && (await runsToItsEnd('kvm', users, folder, signal)) ? 'kvm' : 'tcg'
}

export async function runsToItsEnd(accel: Accel, users: Users, folder: string, signal?: AbortSignal) {
  const sector = join(folder, 'probe.img')
  await writeFile(sector, BOOT_DISK, { mode: 0o644 })
  try {
    const options = { user: users.vm, timeout: LIMIT, accepts: [REACHED_ITS_END], ...(signal && { signal }) }
    await run([QEMU, ...probeArgs(accel, sector)], options)
    return true
  } catch (error) {
    if (error instanceof DartsError) return false
    throw error
  } finally {
    await rm(sector, { force: true })
  }
}

/** `10.0.2` */
export async function qemuVersion(): Promise<string> {
  const { stdout } = await run([QEMU, '--version'], { timeout: 20, failure: 'set-up' })
  return /version ([0-9.]+)/.exec(stdout)?.[1] ?? 'unknown'
}

async function newestMachineType(): Promise<string> {
  const { stdout } = await run([QEMU, '-machine', 'help'], { timeout: 20, failure: 'set-up' })
  return newestOf(stdout)
}

/** `pc-q35-10.0` of the list of machines. */
export function newestOf(list: string): string {
  const types = [...list.matchAll(new RegExp(`^(${MACHINE_FAMILY}-(\\d+)\\.(\\d+)) `, 'gm'))]
  const [newest] = types.sort((a, b) => Number(b[2]) - Number(a[2]) || Number(b[3]) - Number(a[3]))
  if (!newest?.[1]) throw new DartsError('set-up', `this QEMU has no ${MACHINE_FAMILY} machine`)
  return newest[1]
}

async function recall(file: string) {
  try {
    return v.parse(Remembered, JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}
