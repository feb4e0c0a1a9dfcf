import { expect, test } from 'vitest'
import { cgroupV1, cgroupV2 } from '../../../host-runner/commands/cgroup-layout.ts'
import { systemdRun } from '../../../host-runner/commands/systemd-run.ts'
import { limitsOf } from '../../../host-runner/limits/limits.ts'

const limits = limitsOf({ cpus: 2, memory: 1024 }, 512)

test('a desktop may take its memory and the overhead, its processors and one, and its tasks', () => {
  expect(limits).toEqual({ memory: 1536 * 2 ** 20, cpus: 3, tasks: 130 })
})

test('cgroup v1: these values in these files, memory before memory with swap', () => {
  const v1 = cgroupV1({ memory: '/c/memory', cpu: '/c/cpu,cpuacct', pids: '/c/pids' })
  expect(Object.entries(v1.limits('darts-u', limits))).toEqual([
    ['/c/memory/darts-u/memory.limit_in_bytes', 1610612736],
    ['/c/memory/darts-u/memory.memsw.limit_in_bytes', 1610612736],
    ['/c/cpu,cpuacct/darts-u/cpu.cfs_period_us', 100000],
    ['/c/cpu,cpuacct/darts-u/cpu.cfs_quota_us', 300000],
    ['/c/pids/darts-u/pids.max', 130],
  ])
  expect(v1.share('darts-u', 3)).toEqual({ '/c/cpu,cpuacct/darts-u/cpu.shares': 3072 })
  expect(v1.share('darts-u', 0)).toEqual({ '/c/cpu,cpuacct/darts-u/cpu.shares': 15 })
})

test('cgroup v2: these values in these files of one group', () => {
  const v2 = cgroupV2('/c')
  expect(v2.limits('darts-u', limits)).toEqual({
    '/c/darts-u/memory.max': 1610612736,
    '/c/darts-u/memory.swap.max': 1610612736,
    '/c/darts-u/cpu.max': '300000 100000',
    '/c/darts-u/pids.max': 130,
  })
  expect(v2.share('darts-u', 3)).toEqual({ '/c/darts-u/cpu.weight': 300 })
  expect(v2.share('darts-u', 0)).toEqual({ '/c/darts-u/cpu.weight': 1 })
  expect(v2.share('darts-u', 200)).toEqual({ '/c/darts-u/cpu.weight': 10000 })
})

test('systemd: a service with its limits, whose arguments it takes as they are', () => {
  const command = ['qemu', '-append', 'a=$HOME 100%']
  const job = { uuid: 'u', limits, patient: false, command, log: '/s/qemu.log' }
  expect(systemdRun('darts-u.service', job)).toEqual([
    'systemd-run',
    '--quiet',
    '--unit=darts-u.service',
    '--service-type=exec',
    '--property=MemoryMax=1610612736',
    '--property=MemorySwapMax=1610612736',
    '--property=CPUQuota=300%',
    '--property=CPUWeight=300',
    '--property=TasksMax=130',
    '--property=OOMPolicy=kill',
    '--property=UMask=0007',
    '--property=StandardOutput=append:/s/qemu.log',
    '--property=StandardError=append:/s/qemu.log',
    '--setenv=PATH=/usr/local/bin:/usr/bin:/bin',
    '--setenv=LANG=C.UTF-8',
    '--',
    'qemu',
    '-append',
    'a=$$HOME 100%',
  ])
  expect(systemdRun('darts-u.service', { ...job, patient: true })).toContain('--property=CPUWeight=1')
})
