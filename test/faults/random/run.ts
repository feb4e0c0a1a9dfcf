import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAs } from '../../../config/bus/address.ts'
import { machineReady } from '../../harness/api.ts'
import { startDarts } from '../../harness/darts.ts'
import { uuidsOf } from '../../harness/invariants/folders.ts'
import { programsOf } from '../../harness/invariants/programs.ts'
import { twice } from '../../harness/invariants/violations.ts'
import { brokenWhenSettled } from '../../harness/invariants.ts'
import { freshSettings } from '../../harness/settings.ts'
import { installTinyAndStarter } from '../../harness/tiny-guest.ts'
import { happen } from './actions.ts'
import { makeDice } from './dice.ts'
import { makeUser } from './users.ts'

/** Longest back-off of the supervisor, then an ack wait for each that was killed, then the steps themselves. */
const SETTLES_WITHIN = 120_000
const LOOK_EVERY = 100

/**
 * The whole service as `npm start` runs it, with users who create and stop, while everything that runs is killed at
 * random. Afterwards it is left alone until it rests; then everything is stopped. Returns what is broken.
 */
export async function randomRun(
  seed: number,
  milliseconds: number,
  say: (line: string) => void,
): Promise<string[]> {
  const fresh = await freshSettings()
  const { settings } = fresh
  await installTinyAndStarter(settings)
  const notes = join(settings.state, 'notes-of-the-admin.txt')
  await writeFile(notes, 'keep')
  const darts = await startDarts(
    {
      DARTS_WARM: 'off',
      DARTS_SESSIONS_PER_USER: '100',
      DARTS_SESSIONS_MAX: '4',
      DARTS_PORT: await freePort(),
    },
    settings,
  )
  const bus = await connectAs(settings, 'supervisor')
  const user = makeUser(darts.api, say)
  const watching = watchForTwo()
  try {
    await machineReady(darts, 'tiny')
    const under: Promise<void>[] = []
    const dice = makeDice(seed)
    for (const until = Date.now() + milliseconds; Date.now() < until; await sleep(dice.below(1500))) {
      const begun = await happen({ settings, dice, user, seed, say })
      if (begun) under.push(begun.under)
    }
    await Promise.all(under)
    say('left alone')
    const rests = () =>
      brokenWhenSettled(
        { settings, nc: bus.nc },
        { acknowledged: [...user.acknowledged], others: [notes] },
        SETTLES_WITHIN,
      )
    const broken = await rests()
    say('stopping everything')
    await Promise.all([...user.acknowledged].map(id => user.stop(id)))
    broken.push(...(await rests()))
    await bus.close()
    await darts.stop('SIGINT')
    const left = await programsOf(settings)
    return [
      ...broken,
      ...watching.seen,
      ...left.map(({ pid, id }) => `session ${id}: process ${pid} is left`),
    ]
  } finally {
    watching.stop()
    await bus.close()
    await darts.stop('SIGINT')
    await fresh.remove()
  }

  /** Two QEMUs may be there for a moment only, so they are looked for all the time. */
  function watchForTwo() {
    const seen = new Set<string>()
    let stopped = false
    const ended = (async () => {
      while (!stopped) {
        const found = { programs: await programsOf(settings), uuids: await uuidsOf(settings) }
        for (const one of twice(found)) seen.add(one)
        await sleep(LOOK_EVERY)
      }
    })()
    const stop = () => {
      stopped = true
      return ended
    }
    return { seen, stop }
  }
}

/** The gateway is found again where it was. */
async function freePort(): Promise<string> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return String(typeof address === 'object' && address?.port)
}
