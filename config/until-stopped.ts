/**
 * Resolves when this process shall end: SIGTERM, or the end of stdin, a pipe that the supervisor holds, so that
 * its death is noticed. Ctrl-C reaches the whole process group and is the supervisor's business alone.
 */
export function untilStopped(): Promise<void> {
  process.on('SIGINT', () => {})
  return new Promise(resolve => {
    process.once('SIGTERM', () => resolve())
    process.stdin.once('end', resolve).once('error', resolve).resume()
  })
}
