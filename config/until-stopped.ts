import { fstatSync } from 'node:fs'

/**
 * Resolves when this process shall end: SIGTERM, or the end of stdin, a pipe that the supervisor holds, so that
 * its death is noticed. Ctrl-C reaches the whole process group and is the supervisor's business alone.
 */
export function untilStopped(): Promise<void> {
  process.on('SIGINT', () => {})
  return new Promise(resolve => {
    process.on('SIGTERM', () => resolve())
    // A file or /dev/null has no supervisor at its other end.
    const stdin = fstatSync(0)
    if (stdin.isFIFO() || stdin.isSocket()) process.stdin.on('end', resolve).on('error', resolve).resume()
  })
}
