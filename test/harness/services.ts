import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, cpSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newToken, storeToken } from '../../bin/supervisor/token.ts'
import type { Bus } from '../../config/bus/connect.ts'
import { newSecret, storeLogin } from '../../config/bus/logins.ts'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import { buildWeb } from '../../web/build.ts'
import { type Api, apiOf } from './api.ts'
import { startNats, type TestNats } from './nats.ts'
import { freshSettings } from './settings.ts'

const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))

export type Services = {
  settings: Settings
  bus: Bus
  url: string
  token: string
  /** As the administrator, or with the token of somebody else. */
  api: Api
  /** The token of a new login of an ordinary user. */
  userToken(principal: string): Promise<string>
  processes: Record<'functions' | 'gateway', ChildProcess> & { runner?: ChildProcess }
  /** NATS itself, to be killed and started again. */
  nats: TestNats
  /** Ends one of the processes. */
  kill(name: ProcessName, signal: NodeJS.Signals): Promise<void>
  /** One that has ended again, at the same address; `env` is for it alone, such as another way to NATS. */
  restart(name: ProcessName, env?: Record<string, string>): Promise<void>
  stop(): Promise<void>
}

const FILES = {
  gateway: 'functions/gateway/main.ts',
  functions: 'functions/runtime/main.ts',
  runner: 'host-runner/main.ts',
}
/** Named as the supervisor names them. */
const LOGS = { gateway: 'gateway', functions: 'functions', runner: 'host-runner' } as const

export type ProcessName = keyof typeof FILES

/**
 * NATS, the functions and the gateway as real processes, on any free ports; `prepare` may put machines into the fresh
 * folders first. With `runner` the host-runner too, so that sessions really start.
 */
export async function startServices(
  env: Record<string, string> = {},
  prepare?: (settings: Settings) => unknown,
  { runner: withRunner = false } = {},
): Promise<Services> {
  const fresh = await freshSettings(env)
  const { settings } = fresh
  cpSync(path('test/fixtures/site/machines'), folders(settings).siteMachines, { recursive: true })
  await prepare?.(settings)
  await buildWeb(path('web/dist'))
  const nats = await startNats(settings)
  const token = newToken()
  await storeToken(nats.bus, settings, token)
  const start = (name: ProcessName, env: Record<string, string> = {}) => {
    mkdirSync(folders(settings).logs, { recursive: true })
    const log = openSync(join(folders(settings).logs, `${LOGS[name]}.log`), 'a')
    const child = spawn(process.execPath, [path(FILES[name])], {
      env: { PATH: process.env.PATH, ...fresh.env, ...env },
      stdio: ['pipe', log, log, 'ipc'],
    })
    closeSync(log)
    return child
  }
  const processes: Services['processes'] = { gateway: start('gateway'), functions: start('functions') }
  if (withRunner) processes.runner = start('runner')
  const [{ listening }] = await once(processes.gateway, 'message')
  await functionsRunning(nats.bus, BUILT_IN)
  // Whoever is restarted is found where it was.
  fresh.env.DARTS_PORT = String(listening)
  const url = `http://127.0.0.1:${listening}`

  async function kill(name: ProcessName, signal: NodeJS.Signals) {
    const child = processes[name]
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  return {
    settings,
    bus: nats.bus,
    url,
    token,
    processes,
    nats,
    kill,
    async restart(name, env) {
      const child = start(name, env)
      processes[name] = child
      if (name !== 'runner') await once(child, 'message')
    },
    api: apiOf(url, token),
    async userToken(principal) {
      const secret = newSecret()
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
      await storeLogin(await nats.bus.bucket('logins'), secret, {
        principal,
        role: 'user',
        kind: 'token',
        expiresAt,
      })
      return secret
    },
    async stop() {
      await kill('runner', 'SIGUSR2')
      await kill('gateway', 'SIGTERM')
      await kill('functions', 'SIGTERM')
      await nats.stop()
      await fresh.remove()
    },
  }
}

const BUILT_IN = [
  'about',
  'auth',
  'dead-letters',
  'events',
  'expiry',
  'machines',
  'metrics',
  'placement',
  'sessions',
]

/** Resolves when these functions run. */
export async function functionsRunning(bus: Bus, names: string[]): Promise<void> {
  const waiting = new Set(names)
  for await (const entry of await (await bus.bucket('functions')).watch()) {
    if (entry.operation === 'PUT' && entry.json<{ state: string }>().state === 'running')
      waiting.delete(entry.key)
    if (waiting.size === 0) break
  }
}
