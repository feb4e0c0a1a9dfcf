import type { Settings } from '../../../config/settings.ts'
import { programsOf } from '../../harness/invariants/programs.ts'
import type { Dice } from './dice.ts'
import { pidOf, SERVICE_NAMES } from './services-of.ts'
import type { User } from './users.ts'

export type World = { settings: Settings; dice: Dice; user: User; seed: number; say: (line: string) => void }

/** Each thing that can happen, as often as it stands here. What a user does is not waited for. */
const ACTIONS = [
  'create',
  'create',
  'create',
  'stop',
  'stop',
  'kill-service',
  'kill-service',
  'kill-qemu',
] as const
let keys = 0

/** One thing happens; what still goes on when it returns is returned. */
export async function happen(world: World): Promise<{ under: Promise<void> } | undefined> {
  const { dice, user, seed } = world
  const action = dice.pick(ACTIONS)
  switch (action) {
    case 'create':
      return { under: user.create(`${seed}-${++keys}`) }
    case 'stop': {
      const id = dice.pick([...user.acknowledged])
      return id === undefined ? undefined : { under: user.stop(id) }
    }
    case 'kill-service':
      return void (await killService(world))
    case 'kill-qemu':
      return void (await killQemu(world))
    case undefined:
      return undefined
  }
}

async function killService({ settings, dice, say }: World): Promise<void> {
  const name = dice.pick(SERVICE_NAMES)
  const signal = dice.pick(['SIGKILL', 'SIGKILL', 'SIGTERM'] as const)
  const pid = name && (await pidOf(settings, name))
  if (pid && signal) kill(pid, signal)
  say(`${name}: ${pid ? signal : 'is not there'}`)
}

async function killQemu({ settings, dice, say }: World): Promise<void> {
  const machines = (await programsOf(settings)).filter(({ qemu }) => qemu)
  const one = dice.pick(machines)
  if (one) kill(one.pid, 'SIGKILL')
  say(`QEMU of ${one?.id ?? 'nobody'}: SIGKILL`)
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended by itself in this moment.
  }
}
