import type { Settings } from '../../config/settings.ts'
import { checkBus } from './check-bus.ts'
import { checkEngine } from './check-engine.ts'
import { checkLimits } from './check-limits.ts'
import { checkMachines } from './check-machines.ts'
import { checkRoom } from './check-room.ts'
import { checkUsers } from './check-users.ts'

/** good: as it should be; note: works, but at a cost; bad: something does not work. `mend` is what to do. */
export type Finding = { is: 'good' | 'note' | 'bad'; what: string; mend?: string }
export type Check = (settings: Settings) => Promise<Finding[]>

export const checks: Check[] = [checkUsers, checkEngine, checkLimits, checkRoom, checkBus, checkMachines]
