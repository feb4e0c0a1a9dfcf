import { mkdirSync } from 'node:fs'
import { execa } from 'execa'
import { natsAddress, natsFiles, writeNatsConfig } from '../../bin/supervisor/nats-server.ts'
import { natsUsers } from '../../bin/supervisor/nats-users.ts'
import { connectAs } from '../../config/bus/address.ts'
import type { Bus } from '../../config/bus/connect.ts'
import { ensureStreams } from '../../config/bus/streams.ts'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import { readManifests } from '../../functions/runtime/manifest.ts'

export type TestNats = { bus: Bus; url: string; pid: number; stop(): Promise<void> }

/** A real nats-server with the users, permissions and streams of DARTS, on any free port. */
export async function startNats(settings: Settings): Promise<TestNats> {
  const root = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  mkdirSync(folders(settings).logs, { recursive: true })
  mkdirSync(settings.run, { recursive: true, mode: 0o711 })
  writeNatsConfig(settings, natsUsers(settings, await readManifests(folders(settings)), root), root)
  const server = execa('nats-server', ['-c', natsFiles(settings).config], { reject: false, stdio: 'ignore' })
  const ended = new AbortController()
  void server.then(() => ended.abort())
  const url = await natsAddress(settings, () => server.pid, ended.signal)
  const bus = await connectAs(settings, 'supervisor')
  await ensureStreams(bus)
  const stop = async () => {
    await bus.close()
    server.kill()
    await server
  }
  return { bus, url, pid: server.pid ?? 0, stop }
}
