import { mkdirSync, rmSync } from 'node:fs'
import { execa } from 'execa'
import { natsAddress, natsFiles, writeNatsConfig } from '../../bin/supervisor/nats-server.ts'
import { natsUsers } from '../../bin/supervisor/nats-users.ts'
import { seedFile, tellAddress } from '../../config/bus/address.ts'
import { type Bus, connectBus } from '../../config/bus/connect.ts'
import { ensureStreams } from '../../config/bus/streams.ts'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import { readManifests } from '../../functions/runtime/manifest.ts'

export type TestNats = {
  bus: Bus
  url: string
  readonly pid: number
  /** Ends the server alone, by SIGKILL unless told otherwise; everything stays in its store unless it is wiped. */
  kill(options?: { wipe?: boolean; signal?: NodeJS.Signals }): Promise<void>
  /** Starts it again on the same port; returns when everything is made on it. */
  again(): Promise<void>
  stop(): Promise<void>
}

/** A real nats-server with the users, permissions and streams of DARTS, on any free port. */
export async function startNats(settings: Settings): Promise<TestNats> {
  const root = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  mkdirSync(folders(settings).logs, { recursive: true })
  mkdirSync(settings.run, { recursive: true, mode: 0o711 })
  const users = natsUsers(settings, await readManifests(folders(settings)), root)
  writeNatsConfig(settings, users, root)
  const start = () =>
    execa('nats-server', ['-c', natsFiles(settings).config], { reject: false, stdio: 'ignore' })
  let server = start()
  const untilEnded = () => {
    const ended = new AbortController()
    void server.then(() => ended.abort())
    return ended.signal
  }
  const url = await natsAddress(settings, () => server.pid, untilEnded())
  writeNatsConfig({ ...settings, natsPort: Number(new URL(url).port) }, users, root)
  const bus = await connectBus({ url, user: 'supervisor', seedFile: seedFile(settings, 'supervisor') })
  await ensureStreams(bus)
  tellAddress(settings, url)

  async function kill({
    wipe = false,
    signal = 'SIGKILL',
  }: {
    wipe?: boolean
    signal?: NodeJS.Signals
  } = {}) {
    server.kill(signal)
    await server
    if (wipe) rmSync(natsFiles(settings).store, { recursive: true, force: true })
  }
  return {
    bus,
    url,
    get pid() {
      return server.pid ?? 0
    },
    kill,
    async again() {
      const back = new Promise(resolve => bus.untilReconnect().addEventListener('abort', resolve))
      mkdirSync(natsFiles(settings).store, { recursive: true, mode: 0o700 })
      server = start()
      await natsAddress(settings, () => server.pid, untilEnded())
      await back
      await ensureStreams(bus)
    },
    async stop() {
      await bus.close()
      server.kill()
      await server
    },
  }
}
