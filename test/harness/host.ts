import type { Bus } from '../../config/bus/connect.ts'
import { type HostView, TOLD_EVERY } from '../../config/host-view.ts'

let telling: NodeJS.Timeout | undefined

/**
 * Makes placement see a host that has room for two sessions of the machine `plain`, and tells of it as a host does, until
 * another is announced or the bus is closed; nothing runs on it.
 */
export async function announceHost(bus: Bus, host: string, more: Partial<HostView> = {}): Promise<void> {
  clearInterval(telling)
  const hosts = await bus.bucket('hosts')
  const tell = async () => {
    const view: HostView = {
      host,
      seenAt: new Date().toISOString(),
      accel: 'tcg',
      cpus: 4,
      memory: 8192,
      sessionsMax: 2,
      templates: [],
      machines: { plain: { state: 'ready' } },
      ...more,
    }
    await hosts.put(host, JSON.stringify(view))
  }
  await tell()
  const again = setInterval(() => tell().catch(() => clearInterval(again)), TOLD_EVERY)
  telling = again.unref()
}
