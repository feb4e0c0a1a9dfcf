import { readdir, readFile } from 'node:fs/promises'
import type { Settings } from '../../../config/settings.ts'

/** What the supervisor keeps running, and how its command line is known. */
const SERVICES = {
  nats: 'nats-server',
  gateway: 'functions/gateway/main.ts',
  functions: 'functions/runtime/main.ts',
  'host-runner': 'host-runner/main.ts',
} as const
export type ServiceName = keyof typeof SERVICES
export const SERVICE_NAMES = Object.keys(SERVICES) as ServiceName[]

/** The process that has this part of the service now; undefined while it is being restarted. */
export async function pidOf({ run }: Pick<Settings, 'run'>, name: ServiceName): Promise<number | undefined> {
  const pids = (await readdir('/proc')).filter(pid => /^[0-9]+$/.test(pid))
  for (const pid of pids) {
    const [environment, line] = await Promise.all(
      ['environ', 'cmdline'].map(file => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    )
    const isOurs = environment?.split('\0').includes(`DARTS_RUN=${run}`)
    // Before its exec it has another's name: setpriv drops privileges in front of it.
    if (isOurs && line?.includes(SERVICES[name]) && !line.startsWith('setpriv')) return Number(pid)
  }
  return undefined
}
