import { mkdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { natsAddress, natsFiles, writeNatsConfig } from '../../bin/supervisor/nats-server.ts'
import { natsUsers } from '../../bin/supervisor/nats-users.ts'
import { connectAs } from '../../config/bus/address.ts'
import type { Bus } from '../../config/bus/connect.ts'
import { ensureStreams } from '../../config/bus/streams.ts'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import { readManifests } from '../../functions/runtime/manifest.ts'

export type TestNats = {
  bus: Bus
  url: string
  readonly pid: number
  /** Ends the server alone, by SIGKILL unless told otherwise; everything stays in its store. */
  kill(options?: { signal?: NodeJS.Signals }): Promise<void>
  /** Starts it again on the same port, with what is in its store now. */
  again(): Promise<void>
  stop(): Promise<void>
}

/** A real nats-server with the users, permissions and streams of DARTS, on any free port. */
export async function startNats(settings: Settings): Promise<TestNats> {
  const root = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  mkdirSync(folders(settings).logs, { recursive: true })
  mkdirSync(settings.run, { recursive: true, mode: 0o711 })
  const users = natsUsers(settings, await readManifests(folders(settings)), root)
  const run = () =>
    execa('nats-server', ['-c', natsFiles(settings).config], { reject: false, stdio: 'ignore' })
  writeNatsConfig(settings, users, root)
  let server = run()
  const url = await natsAddress(settings, server.pid ?? 0, server)
  writeNatsConfig({ ...settings, natsPort: Number(new URL(url).port) }, users, root)
  const bus = await connectAs(settings, 'supervisor')
  await ensureStreams(bus)
  const kill = async ({ signal = 'SIGKILL' }: { signal?: NodeJS.Signals } = {}) => {
    server.kill(signal)
    await server
  }
  return {
    bus,
    url,
    get pid() {
      return server.pid ?? 0
    },
    kill,
    async again() {
      server = run()
      await natsAddress(settings, server.pid ?? 0, server)
      while (!(await isConnected(bus))) await sleep(20)
    },
    async stop() {
      await bus.close()
      await kill({ signal: 'SIGTERM' })
    },
  }
}

const isConnected = ({ nc }: Bus) =>
  nc.flush().then(
    () => true,
    () => false,
  )
