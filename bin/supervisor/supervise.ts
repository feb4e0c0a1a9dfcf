import { openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { seedFile, tellAddress } from '../../config/bus/address.ts'
import { type Bus, connectBus } from '../../config/bus/connect.ts'
import { ensureStreams } from '../../config/bus/streams.ts'
import { DartsError } from '../../config/errors.ts'
import { folders } from '../../config/folders.ts'
import { makeLog } from '../../config/log.ts'
import type { Settings } from '../../config/settings.ts'
import { readManifests } from '../../functions/runtime/manifest.ts'
import { setpriv } from '../../host-runner/commands/setpriv.ts'
import { systemUsers } from '../../host-runner/users.ts'
import { buildWeb } from '../../web/build.ts'
import type { Owner } from './credentials.ts'
import { logFileOf, makeFolders } from './folders.ts'
import { type Household, makeHousehold, NATS, RUNNER } from './household.ts'
import { keepMade } from './keep-made.ts'
import { mustBeFree } from './must-be-free.ts'
import { natsAddress, natsFiles, writeNatsConfig } from './nats-server.ts'
import { natsUsers } from './nats-users.ts'
import { onlyOne } from './only-one.ts'
import { showProgress } from './show-progress.ts'
import { endEarlierTokens, newToken, storeToken } from './token.ts'

/** Seconds in which a NATS server must be there; it may be starting just now, too. */
const BUS_WAIT = 30
const REMINDER = 30_000

const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))

/**
 * Runs NATS, the functions, the gateway and the host-runner until it is told to stop.
 *
 *   supervisor (root) ─┬─ nats-server    user darts
 *                      ├─ functions      user darts, one thread a function
 *                      ├─ gateway        user darts
 *                      └─ host-runner    root ── qemu, user darts-vm, outlives all of them
 *
 * SIGINT (Ctrl-C) ends the desktops too. SIGTERM, or the death of any of these, leaves them running.
 */
export async function supervise(settings: Settings): Promise<void> {
  if (process.getuid?.() !== 0) throw new DartsError('set-up', 'must be started as root')
  const stopped = whenStopped()
  // Who reads the terminal's lines may go (a closed pipe); the desktops' supervisor stays.
  process.stdout.on('error', () => {})
  await onlyOne(settings)
  await mustBeFree(settings.address, settings.port)
  makeFolders(settings, systemUsers().darts)
  const log = makeLog(
    'supervisor',
    settings.logLevel,
    openSync(logFileOf(settings, 'supervisor'), 'a', 0o640),
  )
  const household = makeHousehold(settings, log, say)
  try {
    await Promise.race([startAll(settings, household), stopped])
    const signal = await stopped
    log.info({ signal }, 'asked to stop')
    say(signal === 'SIGINT' ? 'ending the desktops, then everything else' : 'stopping; the desktops stay')
    await household.stop(RUNNER, signal === 'SIGINT' ? 'SIGUSR2' : 'SIGTERM', 90)
  } catch (err) {
    log.fatal({ err }, 'DARTS could not be started')
    throw err
  } finally {
    await household.stopAll()
  }
  process.exit(0)
}

async function startAll(settings: Settings, { keep, connected }: Household): Promise<void> {
  const services = systemUsers().darts
  const web = buildWeb(path('web/dist'))
  tellAddress(settings, '')
  const made = startBus(settings, services, keep)
  const starting = new Set<string>()
  const listening = (name: string, file: string) => {
    starting.add(name)
    return new Promise<number>(resolve =>
      keep(name, setpriv(services, node(file)), message => {
        starting.delete(name)
        resolve((message as { listening: number }).listening)
      }),
    )
  }
  const gateway = listening('gateway', 'functions/gateway/main.ts')
  const functions = listening('functions', 'functions/runtime/main.ts')
  const token = newToken()
  const bus = await made
  await endEarlierTokens(bus)
  await keepMade(bus, async () => {
    await storeToken(bus, settings, token)
    connected(bus)
  })
  showProgress(bus, settings.host, process.stdout).catch(error =>
    say(`no progress to show: ${error.message}`),
  )
  const reminder = setInterval(() => say(`still waiting for ${[...starting].join(' and ')}`), REMINDER)
  // The page first: it shows what the runner prepares.
  await functions
  keep(RUNNER, node('host-runner/main.ts'))
  const [port] = await Promise.all([gateway, web])
  clearInterval(reminder)
  say(`ready. Open this address:\n\n    http://${settings.address}:${port}/?token=${token}\n`)
}

/** NATS with everything made on it. Its address is told then: the services load their programs meanwhile. */
async function startBus(settings: Settings, services: Owner, keep: Household['keep']): Promise<Bus> {
  const url = await startNats(settings, services, keep)
  const bus = await connectBus({
    url,
    user: 'supervisor',
    seedFile: seedFile(settings, 'supervisor'),
    waitSeconds: BUS_WAIT,
    onWait: ({ message }) => say(`${message}; trying for ${BUS_WAIT} s`),
  })
  await ensureStreams(bus)
  tellAddress(settings, url)
  return bus
}

/** The embedded server, unless the settings name another; its users have their credentials either way. */
async function startNats(settings: Settings, services: Owner, keep: Household['keep']): Promise<string> {
  const users = natsUsers(settings, await readManifests(folders(settings)), services)
  if (settings.natsUrl) {
    say(`using the NATS server at ${settings.natsUrl}; darts credentials config has its users`)
    return settings.natsUrl
  }
  writeNatsConfig(settings, users, services)
  const server = keep(NATS, setpriv(services, ['nats-server', '-c', natsFiles(settings).config]))
  const url = await natsAddress(settings, () => server.pid, AbortSignal.timeout(BUS_WAIT * 1000))
  // Whatever port it was given, a restarted server has the same one, and everybody finds it again.
  writeNatsConfig({ ...settings, natsPort: Number(new URL(url).port) }, users, services)
  return url
}

const node = (file: string) => [process.execPath, '--disable-warning=ExperimentalWarning', path(file)]

const whenStopped = () =>
  new Promise<NodeJS.Signals>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal))
  })

const say = (text: string): void => void process.stdout.write(`DARTS: ${text}\n`)
