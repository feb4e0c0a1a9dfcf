import { writeSync } from 'node:fs'
import pino from 'pino'
import { traceIdOf } from './contract/trace.ts'

/** Keys whose values never reach a log, wherever they stand in a logged object. */
const SECRETS = ['token', 'ticket', 'password', 'secret', 'seed', 'cookie', 'authorization']

export type Log = pino.Logger

/**
 * The one place where loggers are made: JSON lines on stdout, which the supervisor keeps in a file, or on another `fd`.
 */
export function makeLog(part: string, level: string = process.env.DARTS_LOG_LEVEL ?? 'info', fd = 1): Log {
  return pino(
    {
      level,
      base: { part },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      redact: { paths: SECRETS.flatMap(key => [key, `*.${key}`, `*.*.${key}`]), censor: '[hidden]' },
    },
    { write: line => writeLine(fd, line) },
  )
}

type Bound = { id: string; traceparent?: string | undefined }

/** Bound to a session and the trace that it began with, so that one grep tells its life. */
export const sessionLog = (log: Log, { id, traceparent }: Bound): Log =>
  log.child({ sessionId: id, ...traceIdOf(traceparent) })

/** A full disk costs log lines, never the process: pino's own destination waits until there is room. */
function writeLine(fd: number, line: string): void {
  try {
    writeSync(fd, line)
  } catch {}
}
