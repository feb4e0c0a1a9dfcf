import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { lastLines } from './last-lines.ts'

const FIRST_WAIT = 100
const LONGEST_WAIT = 10_000
/** A process that has run for this long, in milliseconds, is healthy: the next end is a first one again. */
const HEALTHY = 30_000

/** What happens to a process. `ends` counts those in a row with no healthy time in between; `wait` is in milliseconds. */
export type Change =
  | { change: 'started'; pid: number }
  | { change: 'healthy' }
  | { change: 'ended'; how: string; ends: number; wait: number; output: string[] }
  | { change: 'stopped' }

export type ProcessSpec = {
  name: string
  command: string[]
  logFile: string
  env: NodeJS.ProcessEnv
  onMessage?: (message: unknown) => void
  onChange: (change: Change) => void
  healthy?: number
}

export type Supervised = {
  readonly name: string
  readonly pid: number | undefined
  stop(signal: NodeJS.Signals, seconds: number): Promise<void>
}

/**
 * Keeps a process running, with back-off. Each has a process group of its own, so that Ctrl-C reaches the
 * supervisor alone, its output in a file, and a pipe as stdin, whose end tells it that the supervisor has died.
 */
export function keepRunning(spec: ProcessSpec): Supervised {
  const { onChange, onMessage, healthy = HEALTHY } = spec
  let ends = 0
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let child = start()

  function start(): ChildProcess {
    const [file = '', ...args] = spec.command
    const log = openSync(spec.logFile, 'a', 0o640)
    const before = fstatSync(log).size
    const running = spawn(file, args, { stdio: ['pipe', log, log, 'ipc'], env: spec.env, detached: true })
    closeSync(log)
    running.stdin?.on('error', () => {})
    if (onMessage) running.on('message', onMessage)
    running.once('exit', (code, signal) => died(signal ? `by ${signal}` : `with ${code}`, before))
    // One that could not be started at all has no exit.
    running.on('error', error => running.pid === undefined && died(`at once: ${error.message}`, before))
    if (running.pid !== undefined) onChange({ change: 'started', pid: running.pid })
    timer = setTimeout(() => {
      ends = 0
      onChange({ change: 'healthy' })
    }, healthy)
    return running
  }

  function died(how: string, before: number): void {
    clearTimeout(timer)
    if (stopping) return
    const wait = Math.min(FIRST_WAIT * 2 ** ends, LONGEST_WAIT)
    ends++
    onChange({ change: 'ended', how, ends, wait, output: lastLines(spec.logFile, before) })
    timer = setTimeout(() => {
      child = start()
    }, wait)
  }

  return {
    name: spec.name,
    get pid() {
      return child.pid
    },
    async stop(signal, seconds) {
      if (stopping) return
      stopping = true
      clearTimeout(timer)
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
        const exited = once(child, 'exit')
        child.kill(signal)
        const forced = setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
        await exited
        clearTimeout(forced)
      }
      onChange({ change: 'stopped' })
    },
  }
}
