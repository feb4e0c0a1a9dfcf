import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Settings } from '../../config/settings.ts'
import { type Api, apiOf } from './api.ts'
import { IMAGES, TEMPLATES } from './cache.ts'
import { freshSettings } from './settings.ts'

const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))

export type Darts = {
  settings: Settings
  env: NodeJS.ProcessEnv
  supervisor: ChildProcess
  /** The printed address with its token. */
  address: string
  url: string
  token: string
  api: Api
  stop(signal: NodeJS.Signals): Promise<void>
}

/** What `npm start` runs, with the same state folder as before when one is given. */
export async function startDarts(env: Record<string, string> = {}, again?: Settings): Promise<Darts> {
  const settings = again ?? (await freshSettings({ DARTS_IMAGES: IMAGES, ...env })).settings
  const all = {
    ...process.env,
    DARTS_STATE: settings.state,
    DARTS_RUN: settings.run,
    DARTS_IMAGES: settings.images,
    DARTS_HOST: settings.host,
    DARTS_PORT: '0',
    DARTS_NATS_PORT: '0',
    // Only who wants them warm may tidy them up.
    ...(env.DARTS_WARM !== 'off' && { DARTS_TEMPLATES: TEMPLATES }),
    ...env,
  }
  const supervisor = spawn('sh', [path('bin/start.sh')], {
    env: all,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const address = await printedAddress(supervisor)
  const { origin, searchParams } = new URL(address)
  const token = searchParams.get('token') ?? ''
  return {
    settings,
    env: all,
    supervisor,
    address,
    url: origin,
    token,
    api: apiOf(origin, token),
    async stop(signal) {
      if (supervisor.exitCode !== null || supervisor.signalCode !== null) return
      supervisor.kill(signal)
      await once(supervisor, 'exit')
    },
  }
}

async function printedAddress(supervisor: ChildProcess): Promise<string> {
  const printed: string[] = []
  if (!supervisor.stdout) throw new Error('no output')
  const lines = createInterface(supervisor.stdout)
  const found = new Promise<string>((resolve, reject) => {
    lines.on('line', line => {
      printed.push(line)
      const address = /http:\S+token=\S+/.exec(line)?.[0]
      if (address) resolve(address)
    })
    supervisor.once('exit', code => reject(new Error(`ended with ${code}: ${printed.join('\n')}`)))
  })
  return found
}
