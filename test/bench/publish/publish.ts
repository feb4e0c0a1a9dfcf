import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { addressOf, seedFile } from '../../../config/bus/address.ts'
import type { Bus } from '../../../config/bus/connect.ts'
import { publish } from '../../../config/bus/publish.ts'
import { envelope } from '../../../config/contract/envelope.ts'
import { newSessionId } from '../../../config/contract/names.ts'
import { folders } from '../../../config/folders.ts'
import { functionsRunning, startServices } from '../../harness/services.ts'
import { end } from '../end.ts'
import { type Figure, figure, median } from '../figure.ts'

const TIMES = 200
const WARM_UP = 300
/** The verbs of two streams' worth of commands: a work queue takes one consumer a subject. */
const VERBS = { ours: 'probe', bare: 'bare' } as const
type Side = keyof typeof VERBS

/** From the publish of a command until its handler is entered: in a function, and in a script with a bare client. */
export async function publishToHandler(rounds: number): Promise<Figure[]> {
  const services = await startServices({}, settings =>
    cpSync(path('functions'), folders(settings).siteFunctions, { recursive: true }),
  )
  const { bus, settings } = services
  await takeCommands(bus)
  const args = [addressOf(settings), seedFile(settings, 'supervisor'), 'COMMANDS', filterOf('bare')]
  const bare = fork(path('bare.ts'), args)
  const pairs: [number, number][] = []
  try {
    await Promise.all([once(bare, 'message'), functionsRunning(bus, ['probe'])])
    for (let round = 0; round <= rounds; round++) {
      const taken = { ours: [] as number[], bare: [] as number[] }
      for (let i = 0; i < (round === 0 ? WARM_UP : TIMES); i++)
        for (const side of ['ours', 'bare'] as const) taken[side].push(await entered(bus, side))
      if (round > 0) pairs.push([median(taken.ours), median(taken.bare)])
    }
  } finally {
    await end(bare)
    await services.stop()
  }
  return [figure({ name: 'publish → handler ÷ bare client', unit: 'µs', goal: '<= 2' }, pairs)]
}

/** The stream of commands with the two verbs of this bench; the function that waits for its own starts again until then. */
async function takeCommands({ jsm }: Bus): Promise<void> {
  const { config } = await jsm.streams.info('COMMANDS')
  const subjects = [...config.subjects, filterOf('ours'), filterOf('bare')]
  await jsm.streams.update('COMMANDS', { ...config, subjects })
}

const filterOf = (side: Side) => `darts.cmd.*.*.${VERBS[side]}`

/** Microseconds from just before the publish until the handler was entered. */
async function entered(bus: Bus, side: Side): Promise<number> {
  const told = bus.nc.subscribe(`darts.cmd._bench.${side}.entered`, { max: 1 })
  const message = envelope(`darts.command.${VERBS[side]}.v1`, 'bench', {})
  message.data.at = String(process.hrtime.bigint())
  await publish(bus, `darts.cmd.admin.${newSessionId()}.${VERBS[side]}`, message)
  for await (const answer of told) return Number(answer.string()) / 1000
  throw new Error('the bus was closed')
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))
