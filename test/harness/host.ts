import type { Bus } from '../../config/bus/connect.ts'
import type { HostView } from '../../config/host-view.ts'

const HOUR = 3_600_000

/**
 * Makes placement see a host that has room for two sessions of the machine `plain`, for as long as a test may take;
 * nothing runs on it.
 */
export async function announceHost(bus: Bus, host: string, more: Partial<HostView> = {}): Promise<void> {
  const machines = { plain: { state: 'ready' as const } }
  const view: HostView = {
    host,
    seenAt: new Date(Date.now() + HOUR).toISOString(),
    accel: 'tcg',
    cpus: 4,
    memory: 8192,
    sessionsMax: 2,
    templates: [],
    machines,
    ...more,
  }
  await (await bus.bucket('hosts')).put(host, JSON.stringify(view))
}
