import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { freemem } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installTinyMachine, tinyGuest } from '../../harness/tiny-guest.ts'
import { TestHost } from '../../harness/tiny-guest-runner.ts'

/* MiB, of the real memory of this machine: something else takes so much of it that the pool must give its own back. */
const SPARE = 1500
const BELOW = 500
let reserve: number
let host: TestHost
let ballast: ChildProcess | undefined

beforeAll(async () => {
  reserve = free() - SPARE
  host = await TestHost.make({ DARTS_POOL_RESERVE: String(reserve), DARTS_POOL_MAX: '1' })
  const warm = { flavors: [{ cpus: 1, memory: 256, pool: 1 }], twins: true }
  await installTinyMachine(host.settings, await tinyGuest(), { warm })
  host.startRunner()
})
afterAll(async () => {
  ballast?.kill('SIGKILL')
  await host.end()
})

const free = () => Math.round(freemem() / 2 ** 20)
const waiting = (count: number) =>
  host.untilView(({ templates: [one] }) => one?.state === 'ready' && one.pool === count)

test('copies that wait are given back while the server needs its memory, and made again afterwards', async () => {
  await waiting(1)
  const fill = `const all = Buffer.alloc(${free() - reserve + BELOW} * 2 ** 20, 1); process.send(all.length); setInterval(() => {}, 1e6)`
  ballast = spawn(process.execPath, ['-e', fill], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  await once(ballast, 'message')
  await waiting(0)
  expect(await host.clones()).toEqual([])
  ballast.kill('SIGKILL')
  await waiting(1)
})
