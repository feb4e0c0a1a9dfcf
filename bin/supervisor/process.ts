import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'

const FIRST_WAIT = 100
const LONGEST_WAIT = 10_000
/** A process that ran for this long, in milliseconds, is started anew without a wait. */
const HEALTHY = 30_000

export type ProcessSpec = {
  name: string
  command: string[]
  logFile: string
  env: NodeJS.ProcessEnv
  onMessage?: (message: unknown) => void
  onDeath?: (how: string, wait: number) => void
}

export type Supervised = {
  readonly name: string
  readonly pid: number | undefined
  /** Resolves when it ends, whatever the reason; for the process that runs now. */
  ended(): Promise<unknown>
  stop(signal: NodeJS.Signals, seconds: number): Promise<void>
}

/**
 * Keeps a process running, with back-off. Each has a process group of its own, so that Ctrl-C reaches the
 * supervisor alone, its output in a file, and a pipe as stdin, whose end tells it that the supervisor has died.
 */
export function keepRunning(spec: ProcessSpec): Supervised {
  let child = start()
  let wait = FIRST_WAIT
  let stopping = false

  function start(): ChildProcess {
    const [file = '', ...args] = spec.command
    const log = openSync(spec.logFile, 'a', 0o640)
    const began = Date.now()
    const running = spawn(file, args, { stdio: ['pipe', log, log, 'ipc'], env: spec.env, detached: true })
    closeSync(log)
    running.stdin?.on('error', () => {})
    if (spec.onMessage) running.on('message', spec.onMessage)
    running.once('exit', (code, signal) => died(signal ? `by ${signal}` : `with ${code}`, began))
    // One that could not be started at all has no exit.
    running.on('error', error => running.pid === undefined && died(`at once: ${error.message}`, began))
    return running
  }

  function died(how: string, began: number): void {
    if (stopping) return
    if (Date.now() - began > HEALTHY) wait = FIRST_WAIT
    spec.onDeath?.(how, wait)
    setTimeout(() => {
      if (!stopping) child = start()
    }, wait)
    wait = Math.min(wait * 2, LONGEST_WAIT)
  }

  return {
    name: spec.name,
    get pid() {
      return child.pid
    },
    ended: () =>
      child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve(),
    async stop(signal, seconds) {
      stopping = true
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      const exited = once(child, 'exit')
      child.kill(signal)
      const forced = setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
      await exited
      clearTimeout(forced)
    },
  }
}
