import { existsSync } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { forgetUnit, showUnit, stopUnit, systemdRun, weighUnit } from '../commands/systemd-run.ts'
import { isAlive, type ProcessId, startTimeOf } from '../processes.ts'
import { run } from '../run.ts'
import type { Limiter } from './limiter.ts'

/** The manager keeps a file here for each unit that was made at run time, until it forgets the unit. */
const UNITS = '/run/systemd/transient'
/** Seconds. */
const ANSWERS_WITHIN = 30
const LOOK_EVERY = 100
/** Looks at a unit whose process has ended: the manager hears of it a moment later than others. */
const LOOKS = 20
const NOT_LOADED = [0, 1, 5]

/** Where systemd is the first process: each QEMU is a service of its own, which no end of DARTS reaches. */
export function systemdUnits(prefix: string): Limiter {
  const unitOf = (uuid: string) => `${prefix}${uuid}.service`
  const isKnown = (unit: string) => existsSync(join(UNITS, unit))
  return {
    way: 'systemd',
    async start(job) {
      const unit = unitOf(job.uuid)
      // The manager would make it readable by others.
      await (await open(job.log, 'a', 0o600)).close()
      await run(systemdRun(unit, job), { timeout: ANSWERS_WITHIN })
      const { MainPID } = await show(unit)
      const pid = Number(MainPID)
      const startTime = pid > 0 ? await startTimeOf(pid) : undefined
      if (startTime === undefined) throw new Error(`QEMU did not start: ${await howItEnded(unit)}`)
      const process = { pid, startTime }
      return { process, ended: untilGone(process).then(() => howItEnded(unit)) }
    },
    async favour(uuid, { cpus }) {
      await run(weighUnit(unitOf(uuid), cpus), { timeout: ANSWERS_WITHIN })
    },
    ranOutOfMemory: async uuid => (await howItEnded(unitOf(uuid))) === 'oom-kill',
    async remove(uuid) {
      const unit = unitOf(uuid)
      for (const command of [stopUnit(unit), forgetUnit(unit)])
        if (isKnown(unit)) await run(command, { timeout: ANSWERS_WITHIN, accepts: NOT_LOADED })
    },
    async list() {
      const names = await readdir(UNITS).catch(() => [])
      return names
        .filter(name => name.startsWith(prefix) && name.endsWith('.service'))
        .map(name => name.slice(prefix.length, -'.service'.length))
    },
  }
}

/** Its process is no child of ours, and nothing tells its end. */
async function untilGone(process: ProcessId): Promise<void> {
  while (await isAlive(process)) await sleep(LOOK_EVERY, undefined, { ref: false })
}

/** systemd's word for it, such as `success`, `signal` or `oom-kill`. */
async function howItEnded(unit: string): Promise<string> {
  for (let looks = 1; ; looks++) {
    const { ActiveState = '', Result = '' } = await show(unit)
    if (looks === LOOKS || !/^(active|deactivating)$/.test(ActiveState)) return Result
    await sleep(LOOK_EVERY)
  }
}

async function show(unit: string): Promise<Record<string, string>> {
  const { stdout } = await run(showUnit(unit), { timeout: ANSWERS_WITHIN })
  return Object.fromEntries(stdout.split('\n').map(line => line.split('=', 2)))
}
