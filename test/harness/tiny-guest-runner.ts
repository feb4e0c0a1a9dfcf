import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createWriteStream, mkdirSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { type SessionStore, sessionStore } from '../../config/bus/session-store.ts'
import { parseEnvelope } from '../../config/contract/envelope.ts'
import { factType, type Start } from '../../config/contract/facts.ts'
import { newSessionId } from '../../config/contract/names.ts'
import { subjects } from '../../config/contract/subjects.ts'
import { folders } from '../../config/folders.ts'
import type { HostView } from '../../config/host-view.ts'
import type { SessionRecord } from '../../config/session/record.ts'
import type { StateName } from '../../config/session/state.ts'
import type { Settings } from '../../config/settings.ts'
import { findQemu } from '../../host-runner/find-qemu.ts'
import { poolFiles, sessionFiles } from '../../host-runner/session-files.ts'
import { startNats, type TestNats } from './nats.ts'
import { freshSettings } from './settings.ts'
import { installTinyMachine, tinyGuest, writeMachine } from './tiny-guest.ts'

type LogLine = { msg: string; sessionId?: string }
const MAIN = fileURLToPath(new URL('../../host-runner/main.ts', import.meta.url))

/** One host: folders, a real nats-server and, when started, the real host-runner. */
export class TestHost {
  readonly settings: Settings
  readonly store: SessionStore
  readonly nats: TestNats
  readonly #env: Record<string, string>
  readonly #remove: () => Promise<void>
  readonly #lines: LogLine[] = []
  readonly #news = new EventEmitter().setMaxListeners(0)
  runner: ChildProcess | undefined

  private constructor(made: Awaited<ReturnType<typeof freshSettings>>, nats: TestNats) {
    this.settings = made.settings
    this.#env = made.env
    this.#remove = made.remove
    this.nats = nats
    this.store = sessionStore(nats.bus, 'test')
  }

  static async make(env: Record<string, string> = {}): Promise<TestHost> {
    const made = await freshSettings({ DARTS_LOG_LEVEL: 'debug', ...env })
    await hideStarter(made.settings)
    return new TestHost(made, await startNats(made.settings))
  }

  /** One whose runner runs, with the machine `tiny`. */
  static async running(): Promise<TestHost> {
    const host = await TestHost.make()
    await installTinyMachine(host.settings, await tinyGuest())
    host.startRunner()
    return host
  }

  /** `env` is for this runner alone, such as another way to NATS. */
  startRunner(env: Record<string, string> = {}): ChildProcess {
    const logs = folders(this.settings).logs
    mkdirSync(logs, { recursive: true })
    const runner = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env.PATH ?? '', ...this.#env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    runner.stdout.pipe(createWriteStream(join(logs, 'host-runner.log'), { flags: 'a' }))
    this.#lines.length = 0
    createInterface(runner.stdout).on('line', line => {
      this.#lines.push(JSON.parse(line))
      this.#news.emit('line')
    })
    if (process.env.DARTS_TEST_SHOW) runner.stdout.pipe(process.stderr)
    this.runner = runner
    return runner
  }

  async stopRunner(signal: NodeJS.Signals): Promise<number | null> {
    const { runner } = this
    if (!runner || runner.exitCode !== null || runner.signalCode !== null) return runner?.exitCode ?? null
    const ended = once(runner, 'exit')
    // Before that it hears no signal but those that end a process.
    if (signal !== 'SIGKILL') await this.logged(undefined, 'running')
    runner.kill(signal)
    await ended
    return runner.exitCode
  }

  /** A session that was asked for and placed here, as the placement function does it. */
  async createSession(
    machine = 'tiny',
    request: { cpus?: number; memory?: number; start?: Start; id?: string } = {},
  ): Promise<string> {
    const { start = 'cold', id = newSessionId(), ...flavor } = request
    const now = Date.now()
    const times = {
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + 3_600_000).toISOString(),
    }
    await this.store.change(
      id,
      { order: 'create', request: { machine, cpus: 1, memory: 256, lifetime: 3600, ...times, ...flavor } },
      { owner: 'alice', correlationid: `c-${id}` },
    )
    const { record } = await this.store.change(id, { order: 'place', host: this.settings.host, start })
    await this.store.sendStep(record)
    return id
  }

  async stopSession(id: string): Promise<void> {
    const { record } = await this.store.change(id, { order: 'end', reason: 'stopped' })
    await this.store.sendStep(record)
  }

  /** The session as soon as it is in one of these states; an end that was not asked for is an error. */
  async until(id: string, ...states: StateName[]): Promise<SessionRecord> {
    const stop = new AbortController()
    for await (const record of this.store.watch(stop.signal)) {
      if (!record || 'gone' in record || record.id !== id) continue
      const { state } = record
      if (states.includes(state.state)) {
        stop.abort()
        return record
      }
      if (state.state === 'ended' || state.state === 'failed')
        throw new Error(`session ${id} is ${state.state}: ${JSON.stringify(state.outcome)}`)
    }
    throw new Error('the sessions could not be followed')
  }

  /** The line of the runner's log with this message, of the runner that was started last. */
  async logged(sessionId: string | undefined, msg: string): Promise<void> {
    const matches = (line: LogLine) => line.msg === msg && (!sessionId || line.sessionId === sessionId)
    for (;;) {
      if (this.#lines.some(matches)) return
      await once(this.#news, 'line')
    }
  }

  /** Ends the runner as a supervisor's death does. */
  async closeInput(): Promise<number | null> {
    const { runner } = this
    if (!runner) return null
    const ended = once(runner, 'exit')
    runner.stdin?.end()
    await ended
    return runner.exitCode
  }

  /** How far the session's steps were, as it was told from now on until it is ready. */
  async notices(id: string): Promise<{ percent: number; text: string }[]> {
    const told: { percent: number; text: string }[] = []
    for await (const message of this.nats.bus.nc.subscribe(subjects.factsOf('alice', id))) {
      const { type, data } = parseEnvelope(message.data)
      if (type === factType('progressed')) told.push(data as { percent: number; text: string })
      if (type === factType('ready')) break
    }
    return told
  }

  /** Returns at the first notice of the session from now on. */
  async noticed(id: string): Promise<void> {
    for await (const message of this.nats.bus.nc.subscribe(subjects.factsOf('alice', id)))
      if (parseEnvelope(message.data).type === factType('progressed')) return
  }

  /** Fields of /proc/PID/status of its QEMU. */
  async statusOf(id: string): Promise<Record<string, string[]>> {
    const text = await readFile(`/proc/${await this.pidOf(id)}/status`, 'utf8')
    return Object.fromEntries(
      text.split('\n').map(line => {
        const [name = '', ...values] = line.split(/:?\s+/)
        return [name, values]
      }),
    )
  }

  /** Command lines that name the session. */
  async programsOf(id: string): Promise<string[]> {
    const pids = (await readdir('/proc')).filter(name => /^[0-9]+$/.test(name))
    const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
    return lines.filter(line => line.includes(id))
  }

  /** What the host tells of itself, as soon as it is this. */
  async untilView(wanted: (view: HostView) => boolean): Promise<HostView> {
    const hosts = await this.nats.bus.bucket('hosts')
    for await (const entry of await hosts.watch()) {
      const view: HostView = JSON.parse(entry.string())
      if (wanted(view)) return view
    }
    throw new Error('the host could not be followed')
  }

  untilTrue = (condition: () => Promise<boolean>) => vi.waitUntil(condition, { timeout: 20_000 })

  async untilGone(...ids: string[]): Promise<void> {
    await this.untilTrue(async () => (await Promise.all(ids.map(this.pidOf))).every(pid => pid === undefined))
  }

  pidOf = async (id: string) => (await findQemu(sessionFiles(folders(this.settings), id)))?.pid

  /** Processes of the clones that wait here, and of templates that are built. */
  async clones(): Promise<number[]> {
    const all = folders(this.settings)
    const names = await readdir(all.pool).catch(() => [])
    const found = await Promise.all(names.map(id => findQemu(poolFiles(all, id))))
    return found.flatMap(process => (process ? [process.pid] : []))
  }

  /** Everything on this host that belongs to a session. */
  async leftOf(id: string): Promise<string[]> {
    const { sessions, displays, control } = folders(this.settings)
    const left: string[] = []
    for (const parent of [sessions, displays, control]) {
      const names: string[] = await readdir(parent).catch(() => [])
      if (names.includes(id)) left.push(join(parent, id))
    }
    const pid = await this.pidOf(id)
    return pid === undefined ? left : [...left, `process ${pid}`]
  }

  /** Tells the tiny guest to do something, again until it answers: what is said while it starts is lost. */
  async tell(id: string, command: string): Promise<string> {
    const socket = connect(join(folders(this.settings).control, id, 'agent.sock'))
    await once(socket, 'connect')
    const tag = newSessionId()
    const say = () => socket.write(`${tag} ${command}\n`)
    const again = setInterval(say, 3000)
    say()
    try {
      for await (const line of createInterface(socket)) {
        if (line.startsWith(`${tag} `)) return line.slice(tag.length + 1)
      }
      throw new Error(`the guest went away before it answered ${command}`)
    } finally {
      clearInterval(again)
      socket.destroy()
    }
  }

  /** Ends every desktop too: nothing of the test stays. */
  async end(): Promise<void> {
    if (!this.runner || this.runner.exitCode !== null || this.runner.signalCode !== null) this.startRunner()
    await this.stopRunner('SIGUSR2')
    await this.nats.stop()
    await this.#remove()
  }
}

/** The starter machine would be built, for minutes: the site's own of that name takes its place. */
const hideStarter = (settings: Settings) => writeMachine(settings, { name: 'starter' })
