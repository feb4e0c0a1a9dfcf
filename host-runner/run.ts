import { execa } from 'execa'
import { DartsError, type ErrorCode } from '../config/errors.ts'
import { type Identity, setpriv } from './commands/setpriv.ts'
import { lineSplitter } from './lines.ts'

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const LAST_LINES = 20

export type Run = {
  /** Who runs it; left out: root, as the runner itself. */
  user?: Identity
  /** Everything it gets besides PATH and LANG. */
  env?: Record<string, string>
  cwd?: string
  /** Seconds. */
  timeout: number
  signal?: AbortSignal
  onLine?: (line: string) => void
  /** What its failure means. */
  failure?: ErrorCode
  /** Exit codes that are no failure; 0 when left out. */
  accepts?: number[]
}

export type Ran = { stdout: string; exitCode: number }

/**
 * The one way to start a program that ends: no shell, explicit environment, time limit, abort signal.
 * @throws DartsError `timed-out`, or `failure` with the last lines that it wrote
 * @throws the signal's reason when it was aborted
 */
export async function run(command: string[], options: Run): Promise<Ran> {
  const { user, env, cwd = '/', timeout, signal, onLine, failure = 'internal', accepts = [0] } = options
  const [file = '', ...args] = user ? setpriv(user, command) : command
  const child = execa(file, args, {
    cwd,
    env: { PATH, LANG: 'C.UTF-8', ...env },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    all: true,
    timeout: timeout * 1000,
    maxBuffer: 16 * 2 ** 20,
    ...(signal && { cancelSignal: signal }),
  })
  if (onLine) child.all.on('data', lineSplitter(onLine))
  const result = await child
  signal?.throwIfAborted()
  const name = command[0] ?? ''
  if (result.timedOut) throw new DartsError('timed-out', `${name} was stopped after ${timeout} s`)
  if (result.exitCode === undefined || !accepts.includes(result.exitCode))
    throw new DartsError(failure, `${name}: ${how(result)}\n${lastLines(result.all)}`)
  return { stdout: result.stdout, exitCode: result.exitCode }
}

type End = { exitCode?: number | undefined; signal?: string | undefined; shortMessage?: string | undefined }
const how = ({ exitCode, signal, shortMessage }: End) =>
  signal ? `killed by ${signal}` : exitCode === undefined ? shortMessage : `ended with ${exitCode}`

/** The end of what a program wrote, for the log. */
export const lastLines = (text: string, count = LAST_LINES) =>
  text.trimEnd().split('\n').slice(-count).join('\n').slice(-4000)
