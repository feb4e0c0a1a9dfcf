import { watch } from 'node:fs'
import { stat, truncate } from 'node:fs/promises'
import type { Log } from '../config/log.ts'

/** Bytes. What QEMU has to say about one desktop is some lines. */
const MOST = 2 ** 20

/**
 * Keeps a log of QEMU short, until the signal: its guest can make it complain without end. It appends, so it goes on at
 * the beginning of a file that was emptied.
 */
export function boundLog(file: string, log: Log, signal: AbortSignal): void {
  let looking = false
  const look = async () => {
    if (looking) return
    looking = true
    try {
      if ((await stat(file)).size > MOST) {
        await truncate(file)
        log.warn({ file }, 'too much was written: emptied')
      }
    } catch (err) {
      if (!signal.aborted) log.warn({ err, file }, 'the log is not looked after')
    } finally {
      looking = false
    }
  }
  watch(file, { signal, persistent: false }, look)
  void look()
}
