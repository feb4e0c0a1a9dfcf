import { connectAs } from '../../config/bus/address.ts'
import type { Bus } from '../../config/bus/connect.ts'
import { readSettings, type Settings } from '../../config/settings.ts'

/** Runs a command's work with a connection of the administrator's, which needs to read root's credentials. */
export async function withBus(work: (bus: Bus, settings: Settings) => Promise<void>): Promise<void> {
  const settings = readSettings()
  const bus = await connectAs(settings, 'cli', { waitSeconds: 3 })
  try {
    await work(bus, settings)
  } finally {
    await bus.close()
  }
}
