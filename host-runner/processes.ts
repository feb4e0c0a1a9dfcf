import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that cannot be confused with a later one of the same number: `startTime` in ticks since boot. */
export type ProcessId = { pid: number; startTime: number }

export type QemuProcess = ProcessId & { uuid: string }

/** The running QEMU with this uuid on its command line. */
export async function findByUuid(uuid: string): Promise<ProcessId | undefined> {
  return (await findQemus()).find(qemu => qemu.uuid === uuid)
}

/** Every running QEMU that DARTS has started; with `run`, those whose sockets lie in that folder. */
export async function findQemus(run?: string): Promise<QemuProcess[]> {
  const pids = (await readdir('/proc')).filter(name => /^[0-9]+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map(pid => qemuOf(pid, run)))
  return found.filter(qemu => qemu !== undefined)
}

async function qemuOf(pid: number, run?: string): Promise<QemuProcess | undefined> {
  const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  const name = args[args.indexOf('-name') + 1]
  // Between fork and exec of setpriv the same arguments stand behind another program.
  if (!args[0]?.includes('qemu-system') || !name?.startsWith('darts-')) return undefined
  if (run !== undefined && !args.some(arg => arg.includes(`${run}/`))) return undefined
  const uuid = args[args.indexOf('-uuid') + 1]
  const startTime = await startTimeOf(pid)
  return uuid === undefined || startTime === undefined ? undefined : { pid, startTime, uuid }
}

/** Undefined when there is none, or only its zombie. */
export async function startTimeOf(pid: number): Promise<number | undefined> {
  const fields = await statFields(pid).catch(() => undefined)
  return !fields || fields[0] === 'Z' || fields[0] === 'X' ? undefined : Number(fields[19])
}

/**
 * Fields of /proc/PID/stat behind the name, which may hold anything: state is the first of them, user and system time
 * the 12th and 13th, start time the 20th. Source: proc(5). @throws Error when there is no such process
 */
export async function statFields(pid: number): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

export const isAlive = async ({ pid, startTime }: ProcessId) => (await startTimeOf(pid)) === startTime

/** Kills exactly this process, and waits until it is gone. */
export async function killProcess(process: ProcessId): Promise<void> {
  if (!(await isAlive(process))) return
  signal(process.pid, 'SIGKILL')
  while (await isAlive(process)) await sleep(10)
}

/** True when it is gone within `milliseconds`. Of a process that is not our child nothing tells the end. */
export async function waitUntilGone(process: ProcessId, milliseconds: number): Promise<boolean> {
  const until = performance.now() + milliseconds
  while (await isAlive(process)) {
    if (performance.now() > until) return false
    await sleep(10)
  }
  return true
}

function signal(pid: number, name: NodeJS.Signals) {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
