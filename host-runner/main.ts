import { consume } from '../config/bus/consume.ts'
import { subjects } from '../config/contract/subjects.ts'
import { makeLog } from '../config/log.ts'
import { readSettings } from '../config/settings.ts'
import { untilStopped } from '../config/until-stopped.ts'
import { removeClones } from './clones/remove-clones.ts'
import { type Context, makeContext } from './context.ts'
import { endAll } from './end-all.ts'
import { follow } from './follow.ts'
import { prepare } from './prepare/prepare.ts'
import { unlessAborted } from './promises.ts'
import { makeParents } from './session-files.ts'
import { takeMessage } from './take-step.ts'

/*
 * The host-runner, one a host, the only privileged process of DARTS.
 *
 *   SIGTERM, end of stdin   the running steps are finished, desktops run on, the next runner adopts them
 *   SIGUSR2                 every desktop of this host ends first
 *   SIGINT                  nothing: Ctrl-C reaches every process of the terminal, the supervisor decides
 */
const LAST_WORK = 20_000
const LAST_CLEANING = 60_000

async function main(): Promise<void> {
  const asked = request()
  const settings = readSettings()
  const context = await makeContext(settings)
  const { log, folders } = context
  await makeParents(folders, context.users)
  await removeClones(context)
  const { promise: settled, resolve } = Promise.withResolvers<void>()
  const following = follow(context, resolve)
  await Promise.race([settled, following])
  log.info({ host: settings.host, desktops: context.desktops.size }, 'running')

  void prepare(context)
  const { signal } = context.stopping
  const taking = unlessAborted(context.engine, signal).then(() => takeSteps(context))
  taking.catch(err => {
    if (signal.aborted) return
    log.fatal({ err }, 'steps cannot be taken')
    process.exit(1)
  })

  const what = await asked
  log.info({ what }, 'asked to stop')
  if (what === 'end-all') await within(LAST_CLEANING, endAll(context))
  context.stopping.abort()
  await within(LAST_WORK, Promise.all([context.pool.close(), context.templates.ended]))
  // At once: QEMU greets one controller at a time, and the next runner may be waiting for it.
  for (const { release, qmp } of context.desktops.values()) {
    release()
    qmp.close()
  }
  await within(
    LAST_WORK,
    taking.then(stop => stop()),
  )
  await within(2000, context.status.flush())
  await within(2000, context.bus.close())
  log.info('stopped')
  // What is still open (a connection to a bus that is away) must not keep a process that has nothing left to do.
  process.exit(0)
}

const takeSteps = (context: Context) =>
  consume(context.bus, {
    stream: 'STEPS',
    name: `host-${context.settings.host}`,
    filter: subjects.stepsOf(context.settings.host),
    // A step that waits holds a place: more of them than sessions, so that a clean always finds one.
    concurrency: Math.max(8, 2 * context.settings.sessionsMax),
    log: context.log,
    handle: message => takeMessage(context, message),
  })

/** What the runner is asked for; heard from its first moment on. */
const request = (): Promise<'stop' | 'end-all'> =>
  Promise.race([
    untilStopped().then(() => 'stop' as const),
    new Promise<'end-all'>(resolve => process.on('SIGUSR2', () => resolve('end-all'))),
  ])

const within = (milliseconds: number, work: Promise<unknown>) =>
  Promise.race([work.catch(() => {}), new Promise(resolve => setTimeout(resolve, milliseconds).unref())])

main().catch(err => {
  makeLog('host-runner').fatal({ err }, 'the host-runner could not start')
  process.exitCode = 1
  process.exit()
})
