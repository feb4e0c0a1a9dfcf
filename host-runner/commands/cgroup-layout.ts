import { join } from 'node:path'
import type { Limits } from '../limits/limits.ts'

type Values = Record<string, string | number>

/** Where a version of cgroups keeps its groups, and what is written into the files of one. */
export type Layout = {
  way: 'cgroup v1' | 'cgroup v2'
  /** A group is a folder in each of them. */
  roots: string[]
  limits(name: string, limits: Limits): Values
  /** The weight among all others that want the processors; of `cpus` 0 the least. */
  share(name: string, cpus: number): Values
  /** Holds the line `oom_kill COUNT`. */
  kills(name: string): string
}

/** Of a `nice` of 19, where 1024 is that of 0. */
const LEAST_SHARES = 15
/** Microseconds, the kernel's own default. */
const PERIOD = 100_000

/** Each controller is a hierarchy of its own. `memsw` is memory and swap together. */
export const cgroupV1 = (roots: { memory: string; cpu: string; pids: string }): Layout => ({
  way: 'cgroup v1',
  roots: [roots.memory, roots.cpu, roots.pids],
  limits: (name, { memory, cpus, tasks }) => ({
    [join(roots.memory, name, 'memory.limit_in_bytes')]: memory,
    [join(roots.memory, name, 'memory.memsw.limit_in_bytes')]: memory,
    [join(roots.cpu, name, 'cpu.cfs_period_us')]: PERIOD,
    [join(roots.cpu, name, 'cpu.cfs_quota_us')]: cpus * PERIOD,
    [join(roots.pids, name, 'pids.max')]: tasks,
  }),
  share: (name, cpus) => ({ [join(roots.cpu, name, 'cpu.shares')]: cpus === 0 ? LEAST_SHARES : 1024 * cpus }),
  kills: name => join(roots.memory, name, 'memory.oom_control'),
})

export const cgroupV2 = (root: string): Layout => ({
  way: 'cgroup v2',
  roots: [root],
  limits: (name, { memory, cpus, tasks }) => ({
    [join(root, name, 'memory.max')]: memory,
    [join(root, name, 'memory.swap.max')]: memory,
    [join(root, name, 'cpu.max')]: `${cpus * PERIOD} ${PERIOD}`,
    [join(root, name, 'pids.max')]: tasks,
  }),
  share: (name, cpus) => ({ [join(root, name, 'cpu.weight')]: weightOf(cpus) }),
  kills: name => join(root, name, 'memory.events'),
})

/** 100 a processor; the kernel takes 1 to 10000. */
export const weightOf = (cpus: number) => Math.min(10_000, Math.max(1, 100 * cpus))
