import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const READ = 8192
const LINES = 4
const WIDTH = 300

/** What a program wrote last into its log file from this offset on, for the terminal: a few short lines. */
export function lastLines(file: string, from = 0): string[] {
  const text = readEnd(file, from)
  // The frames of a stack and Node's farewell would push out what it died of.
  const lines = text.split('\n').filter(line => !/^\s*(at .*|\^*|Node\.js v.*)$/.test(line))
  return lines.slice(-LINES).map(line => readable(line).slice(0, WIDTH))
}

function readEnd(file: string, from: number): string {
  try {
    const fd = openSync(file, 'r')
    try {
      const { size } = fstatSync(fd)
      const start = Math.max(from, size - READ)
      const buffer = Buffer.alloc(Math.max(0, size - start))
      return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, start))
    } finally {
      closeSync(fd)
    }
  } catch {
    return ''
  }
}

/** The message of a JSON line, and of its error. */
function readable(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg: string; err?: { message: string } }
    return err ? `${msg}: ${err.message}` : msg
  } catch {
    return line
  }
}
