import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { folders } from '../../config/folders.ts'
import { startDarts } from '../harness/darts.ts'
import { freshSettings } from '../harness/settings.ts'

async function takePort(): Promise<{ server: Server; port: number }> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { server, port: typeof address === 'object' ? (address?.port ?? 0) : 0 }
}

test('with no NATS server where the settings say, or one of its own that cannot run, the start says so at once and ends with a clear error', async () => {
  const { server, port } = await takePort()
  onTestFinished(() => void server.close())
  const start = async (more: Record<string, string>) => {
    const { env, remove } = await freshSettings(more)
    onTestFinished(remove)
    const began = Date.now()
    const started = execa('sh', ['bin/start.sh'], { env, reject: false, all: true, timeout: 90_000 })
    let first = 0
    started.all.on('data', (part: Buffer) => {
      if (/no NATS server|nats ended/.test(part.toString())) first ||= Date.now() - began
    })
    const { exitCode, all } = await started
    return { exitCode, all, first, took: Date.now() - began }
  }
  const [none, taken] = await Promise.all([
    start({ DARTS_NATS_URL: 'nats://127.0.0.1:1' }),
    start({ DARTS_NATS_PORT: String(port) }),
  ])
  expect(none.all).toMatch(/DARTS: no NATS server at nats:\/\/127.0.0.1:1: .*; trying for 30 s/)
  expect(none.all).toMatch(/\ndarts: no NATS server at .* after 30 s: .* \(bus-unavailable\)$/)
  expect(taken.all).toMatch(
    /DARTS: nats ended with 1; starting it again in 100 ms\n( {4}.*\n)* .*address already in use/,
  )
  expect(taken.all).toMatch(
    /\ndarts: the embedded NATS server does not run: .*address already in use.* \(bus-unavailable\)$/,
  )
  for (const { exitCode, first, took } of [none, taken]) {
    expect(exitCode).toBe(1)
    expect(first).toBeGreaterThan(0)
    expect(first).toBeLessThan(took - 20_000)
  }
})

test('a NATS server of its own that cannot run yet is tried again, and then everything starts', async () => {
  const { server, port } = await takePort()
  const { settings, remove } = await freshSettings({ DARTS_NATS_PORT: String(port) })
  const starting = startDarts({ DARTS_WARM: 'off', DARTS_NATS_PORT: String(port) }, settings)
  const log = join(folders(settings).logs, 'supervisor.log')
  await expect
    .poll(() => readFile(log, 'utf8').catch(() => ''), { timeout: 30_000 })
    .toContain('address already in use')
  server.close()
  const darts = await starting
  onTestFinished(async () => {
    await darts.stop('SIGINT')
    await remove()
  })
  // What no page needs is started behind what the pages need.
  await expect.poll(async () => (await darts.api('/api/services')).status, { timeout: 20_000 }).toBe(200)
  const services = (await (await darts.api('/api/services')).json()) as { name: string; restarts: number }[]
  expect(services.find(({ name }) => name === 'nats')?.restarts).toBeGreaterThan(0)
})
