import { spawnDetached } from '../spawn-detached.ts'
import type { Limiter } from './limiter.ts'

/** Where nothing can limit them: `darts doctor` says so. */
export const unlimited: Limiter = {
  way: 'none',
  start: ({ command, log }) => spawnDetached(command, log),
  favour: async () => {},
  ranOutOfMemory: async () => false,
  remove: async () => {},
  list: async () => [],
}
