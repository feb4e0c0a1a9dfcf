import type { Settings } from '../../config/settings.ts'
import { findLimiter } from '../../host-runner/limits/find-limiter.ts'
import type { Finding } from './checks.ts'

/** Whether a desktop can be kept from taking more than its share of this server. */
export async function checkLimits(settings: Settings): Promise<Finding[]> {
  const { way } = await findLimiter(settings)
  if (way !== 'none')
    return [{ is: 'good', what: `desktops are kept within their memory, processors and tasks (${way})` }]
  return [
    {
      is: 'note',
      what: 'desktops have no limits: one that goes wrong can take all memory of this server',
      mend: 'boot with systemd, or make the controllers memory, cpu and pids of cgroup v2 (or v1) writable in /sys/fs/cgroup',
    },
  ]
}
