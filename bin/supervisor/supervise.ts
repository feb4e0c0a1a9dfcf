import { fileURLToPath } from 'node:url'
import { connectAs } from '../../config/bus/address.ts'
import { ensureStreams } from '../../config/bus/streams.ts'
import { DartsError } from '../../config/errors.ts'
import { folders } from '../../config/folders.ts'
import { environmentName, type Settings } from '../../config/settings.ts'
import { readManifests } from '../../functions/runtime/manifest.ts'
import { setpriv } from '../../host-runner/commands/setpriv.ts'
import { systemUsers } from '../../host-runner/users.ts'
import { buildWeb } from '../../web/build.ts'
import type { Owner } from './credentials.ts'
import { logFileOf, makeFolders } from './folders.ts'
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
  await onlyOne(settings)
  const services = systemUsers().darts
  makeFolders(settings, services)
  const web = buildWeb(path('web/dist'))
  const started: Supervised[] = []

  const env = environment(settings)
  const keep = (name: string, command: string[], more: Partial<Parameters<typeof keepRunning>[0]> = {}) => {
    const onDeath = (how: string, wait: number) =>
      say(`${name} ended ${how}; starting it again in ${wait} ms`)
    const running = keepRunning({ name, command, logFile: logFileOf(settings, name), env, onDeath, ...more })
    started.push(running)
    return running
  }
  const node = (file: string) => [process.execPath, '--disable-warning=ExperimentalWarning', path(file)]

  try {
    if (!settings.natsUrl) await startNats(settings, services, keep)
    else say(`using the NATS server at ${settings.natsUrl}`)
    const bus = await connectAs(settings, 'supervisor')
    await ensureStreams(bus)
    const token = await newToken(bus, settings)
    showProgress(bus, settings.host, process.stdout).catch(error =>
      say(`no progress to show: ${error.message}`),
    )
    await web
    const gateway = await new Promise<number>(resolve => {
      keep('gateway', setpriv(services, node('functions/gateway/main.ts')), {
        onMessage: message => resolve((message as { listening: number }).listening),
      })
      keep('functions', setpriv(services, node('functions/runtime/main.ts')))
      keep('host-runner', node('host-runner/main.ts'))
    })
    say(`ready. Open this address:\n\n    http://${settings.address}:${gateway}/?token=${token}\n`)
    const signal = await stopped
    say(signal === 'SIGINT' ? 'ending the desktops, then everything else' : 'stopping; the desktops stay')
    const runner = started.at(-1)
    await runner?.stop(signal === 'SIGINT' ? 'SIGUSR2' : 'SIGTERM', 30)
    await bus.close()
  } finally {
    for (const running of started.reverse()) await running.stop('SIGTERM', 10)
  }
  process.exit(0)
}

async function startNats(settings: Settings, services: Owner, keep: Keep): Promise<void> {
  const users = natsUsers(settings, await readManifests(folders(settings)), services)
  writeNatsConfig(settings, users, services)
  const server = keep('nats', setpriv(services, ['nats-server', '-c', natsFiles(settings).config]))
  const url = await natsAddress(settings, server.pid ?? 0, server.ended())
  // Whatever port it was given, a restarted server has the same one, and everybody finds it again.
  writeNatsConfig({ ...settings, natsPort: Number(new URL(url).port) }, users, services)
}
type Keep = (name: string, command: string[]) => Supervised

/** Only what the services need: the settings as they were read, and how to find programs. */
function environment(settings: Settings): NodeJS.ProcessEnv {
  const given = Object.entries(settings).map(([name, value]) => [environmentName(name), String(value)])
  const keep = [
    'LANG',
    'TZ',
    'NODE_EXTRA_CA_CERTS',
    'DARTS_SETTINGS',
    'http_proxy',
    'https_proxy',
    'no_proxy',
  ]
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...Object.fromEntries(keep.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : []))),
    ...Object.fromEntries(given),
  }
}

const whenStopped = () =>
  new Promise<NodeJS.Signals>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal))
  })

const say = (text: string) => process.stdout.write(`DARTS: ${text}\n`)
