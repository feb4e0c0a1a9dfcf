import type { Bus } from '../../config/bus/connect.ts'
import { folders } from '../../config/folders.ts'
import type { Log } from '../../config/log.ts'
import type { Settings } from '../../config/settings.ts'
import { environment } from './environment.ts'
import { logFileOf } from './folders.ts'
import { keepRunning, type Supervised } from './process.ts'
import { serviceRecords } from './service-records.ts'
import { tellService } from './tell-service.ts'

export const NATS = 'nats'
export const RUNNER = 'host-runner'
const LAST_WORDS = 2000

export type Household = ReturnType<typeof makeHousehold>

/** The processes that the supervisor keeps, and tells about: in the terminal, in its log, and on the bus once there is one. */
export function makeHousehold(settings: Settings, log: Log, say: (text: string) => void) {
  const { compiled } = folders(settings)
  const common = environment(settings)
  const records = serviceRecords(log)
  const running: Supervised[] = []
  const find = (name: string) => running.find(one => one.name === name)

  return {
    keep(name: string, command: string[], onMessage?: (message: unknown) => void): Supervised {
      const process = keepRunning({
        name,
        command,
        logFile: logFileOf(settings, name),
        // A start compiles a few hundred files anew without it.
        env: { ...common, NODE_COMPILE_CACHE: name === RUNNER ? compiled.root : compiled.services },
        onChange: tellService(name, { say, log, ...records }),
        ...(onMessage && { onMessage }),
      })
      running.push(process)
      return process
    },
    connected: (bus: Bus) => records.connected(bus),
    stop: async (name: string, signal: NodeJS.Signals, seconds: number) => find(name)?.stop(signal, seconds),
    /** The last started first; NATS when it has been told about the others. */
    async stopAll(): Promise<void> {
      for (const process of running.filter(({ name }) => name !== NATS).reverse())
        await process.stop('SIGTERM', 10)
      await records.flush(LAST_WORDS)
      await find(NATS)?.stop('SIGTERM', 10)
    },
  }
}
