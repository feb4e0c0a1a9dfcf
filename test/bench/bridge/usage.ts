import { readdirSync, readFileSync } from 'node:fs'

/** Ticks of /proc are hundredths of a second on every Linux that Node runs on. */
const TICKS = 100

/** CPU seconds, user and kernel, of a process and of the children that it has now. */
export const cpuSeconds = (pid: number): number => sum(pid, cpuOf)

/** Memory of a process and of the children that it has now, in KiB; a page that n share counts 1/n for each. */
export const memory = (pid: number): number => sum(pid, memoryOf)

const sum = (pid: number, of: (pid: number) => number) =>
  [pid, ...childrenOf(pid)].reduce((total, one) => total + of(one), 0)

function cpuOf(pid: number): number {
  // Behind the name, which may hold spaces: state is field 3, utime 14, stime 15. Source: proc(5).
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

function memoryOf(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1])
}

export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap(task =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
}
