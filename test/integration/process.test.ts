import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Change, keepRunning } from '../../bin/supervisor/process.ts'
import { tellService } from '../../bin/supervisor/tell-service.ts'
import type { ServiceView } from '../../config/contract/api.ts'
import type { ServiceDied } from '../../config/contract/services.ts'
import { makeLog } from '../../config/log.ts'

/** A program that is kept running, and everything that is told about it. */
function keep(script: string, { healthy = 30_000, command = ['sh', '-c', script] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'dt-'))
  const logFile = join(folder, 'log')
  writeFileSync(logFile, 'of an earlier start\n')
  const all: Change[] = []
  const env = { PATH: process.env.PATH }
  const program = keepRunning({
    name: 'it',
    command,
    logFile,
    env,
    healthy,
    onChange: change => void all.push(change),
  })
  onTestFinished(async () => {
    await program.stop('SIGKILL', 1)
    rmSync(folder, { recursive: true })
  })
  const ends = () => all.filter(change => change.change === 'ended')
  const until = (what: () => boolean) => expect.poll(what, { timeout: 30_000, interval: 20 }).toBe(true)
  return { all, ends, until, program }
}

test('one that ends at once is started again after longer and longer waits, up to ten seconds', async () => {
  const { all, ends, until } = keep('exit 3')
  await until(() => ends().length === 8)
  expect(ends().map(({ wait }) => wait)).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000])
  expect(ends()[0]).toMatchObject({ how: 'with 3', ends: 1 })
  expect(all.filter(({ change }) => change === 'started')).toHaveLength(8)
})

test('one that has been healthy starts its waits from the first again', async () => {
  const { all, ends, until, program } = keep('exec sleep 1000', { healthy: 1000 })
  const die = async (times: number) => {
    await until(() => all.at(-1)?.change !== 'ended')
    process.kill(program.pid ?? 0, 'SIGKILL')
    await until(() => ends().length === times)
  }
  await die(1)
  await die(2)
  await until(() => all.at(-1)?.change === 'healthy')
  await die(3)
  expect(ends().map(({ wait }) => wait)).toEqual([100, 200, 100])
})

test('what it wrote before its end is told, and nothing of earlier starts or of a stack', async () => {
  const { ends, until } = keep(
    'echo first; printf "Error: no port\\n    at x.js:1\\n\\nNode.js v24\\n"; echo \'{"msg":"gone","err":{"message":"why"}}\'; kill -9 $$',
  )
  await until(() => ends().length === 1)
  expect(ends()[0]).toMatchObject({ how: 'by SIGKILL', output: ['first', 'Error: no port', 'gone: why'] })
})

test('one that cannot be started at all is told as such, and tried again', async () => {
  const { all, ends, until } = keep('', { command: ['/no/such/program'] })
  await until(() => ends().length === 2)
  expect(ends()[0]?.how).toMatch(/at once: .*ENOENT/)
  expect(all.filter(({ change }) => change === 'started')).toEqual([])
})

test('one that is stopped is not started again, also while it waits for its next start', async () => {
  const { all, ends, until, program } = keep('exit 3')
  await until(() => ends().length === 1)
  await program.stop('SIGTERM', 1)
  const told = all.length
  expect(all.at(-1)).toEqual({ change: 'stopped' })
  await new Promise(resolve => setTimeout(resolve, 500))
  expect(all).toHaveLength(told)
})

test('a crash loop is said once in the terminal, while each of its ends is in the log, a record and an event', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dt-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const said: string[] = []
  const deaths: ServiceDied[] = []
  let view: ServiceView | undefined
  const logFile = join(folder, 'supervisor.log')
  const tell = tellService('it', {
    say: text => void said.push(text),
    log: makeLog('supervisor', 'info', openSync(logFile, 'a')),
    changed: changed => {
      view = changed
    },
    died: death => void deaths.push(death),
  })
  const { all, until } = keep('echo no room; exit 3')
  await until(() => all.filter(({ change }) => change === 'ended').length === 5)
  for (const change of all) tell(change)
  expect(said).toHaveLength(3)
  expect(said[0]).toBe('it ended with 3; starting it again in 100 ms\n    no room')
  expect(said[2]).toMatch(/^it ended with 3; it keeps ending/)
  expect(deaths.map(({ restarts }) => restarts)).toEqual([1, 2, 3, 4, 5])
  expect(view).toMatchObject({ state: 'restarting', restarts: 5, lastEnd: { how: 'with 3' } })
  const lines = readFileSync(logFile, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines.filter(({ how }) => how === 'with 3').map(({ wait }) => wait)).toEqual([
    100, 200, 400, 800, 1600,
  ])
  tell({ change: 'healthy' })
  expect(said.at(-1)).toBe('it runs again')
})
