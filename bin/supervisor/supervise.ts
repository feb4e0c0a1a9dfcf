import { fileURLToPath } from 'node:url'
import { seedFile, tellAddress } from '../../config/bus/address.ts'
import { type Bus, connectBus } from '../../config/bus/connect.ts'
import { ensureStreams } from '../../config/bus/streams.ts'
import { DartsError } from '../../config/errors.ts'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import { readManifests } from '../../functions/runtime/manifest.ts'
import { setpriv } from '../../host-runner/commands/setpriv.ts'
import { systemUsers } from '../../host-runner/users.ts'
import { buildWeb } from '../../web/build.ts'
import type { Owner } from './credentials.ts'
import { environment } from './environment.ts'
import { logFileOf, makeFolders } from './folders.ts'
import { mustBeFree } from './must-be-free.ts'
import { natsAddress, natsFiles, writeNatsConfig } from './nats-server.ts'
import { natsUsers } from './nats-users.ts'
import { onlyOne } from './only-one.ts'
import { keepRunning, type Supervised } from './process.ts'
import { showProgress } from './show-progress.ts'
import { newToken } from './token.ts'

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
  const started: Supervised[] = []
  try {
    await Promise.race([startAll(settings, started), stopped])
    const signal = await stopped
    say(signal === 'SIGINT' ? 'ending the desktops, then everything else' : 'stopping; the desktops stay')
    await started.find(({ name }) => name === RUNNER)?.stop(signal === 'SIGINT' ? 'SIGUSR2' : 'SIGTERM', 90)
  } finally {
    for (const running of started.reverse()) await running.stop('SIGTERM', 10)
  }
  process.exit(0)
}

const RUNNER = 'host-runner'

async function startAll(settings: Settings, started: Supervised[]): Promise<void> {
  const services = systemUsers().darts
  makeFolders(settings, services)
  const web = buildWeb(path('web/dist'))
  const { compiled } = folders(settings)
  const common = environment(settings)
  const keep: Keep = (name, command, onMessage) => {
    // A start compiles a few hundred files anew without it.
    const env = { ...common, NODE_COMPILE_CACHE: name === RUNNER ? compiled.root : compiled.services }
    const onDeath = (how: string, wait: number) =>
      say(`${name} ended ${how}; starting it again in ${wait} ms`)
    const logFile = logFileOf(settings, name)
    const running = keepRunning({ name, command, logFile, env, onDeath, ...(onMessage && { onMessage }) })
    started.push(running)
    return running
  }
  const node = (file: string) => [process.execPath, '--disable-warning=ExperimentalWarning', path(file)]

  tellAddress(settings, '')
  const bus = startBus(settings, services, keep)
  const listening = (name: string, file: string) =>
    new Promise<number>(resolve => {
      keep(name, setpriv(services, node(file)), message =>
        resolve((message as { listening: number }).listening),
      )
    })
  const gateway = listening('gateway', 'functions/gateway/main.ts')
  const functions = listening('functions', 'functions/runtime/main.ts')
  const token = await newToken(await bus, settings)
  showProgress(await bus, settings.host, process.stdout).catch(error =>
    say(`no progress to show: ${error.message}`),
  )
  // The page first: it shows what the runner prepares.
  await functions
  keep(RUNNER, node('host-runner/main.ts'))
  const [port] = await Promise.all([gateway, web])
  say(`ready. Open this address:\n\n    http://${settings.address}:${port}/?token=${token}\n`)
}

type Keep = (name: string, command: string[], onMessage?: (message: unknown) => void) => Supervised

/** NATS with everything made on it. Its address is told then: the services load their programs meanwhile. */
async function startBus(settings: Settings, services: Owner, keep: Keep): Promise<Bus> {
  const url = await startNats(settings, services, keep)
  const bus = await connectBus({ url, user: 'supervisor', seedFile: seedFile(settings, 'supervisor') })
  await ensureStreams(bus)
  tellAddress(settings, url)
  return bus
}

/** The embedded server, unless the settings name another; its users have their credentials either way. */
async function startNats(settings: Settings, services: Owner, keep: Keep): Promise<string> {
  const users = natsUsers(settings, await readManifests(folders(settings)), services)
  if (settings.natsUrl) {
    say(`using the NATS server at ${settings.natsUrl}; darts credentials config has its users`)
    return settings.natsUrl
  }
  writeNatsConfig(settings, users, services)
  const server = keep('nats', setpriv(services, ['nats-server', '-c', natsFiles(settings).config]))
  const url = await natsAddress(settings, server.pid ?? 0, server.ended())
  // Whatever port it was given, a restarted server has the same one, and everybody finds it again.
  writeNatsConfig({ ...settings, natsPort: Number(new URL(url).port) }, users, services)
  return url
}

const whenStopped = () =>
  new Promise<NodeJS.Signals>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal))
  })

const say = (text: string): void => void process.stdout.write(`DARTS: ${text}\n`)
