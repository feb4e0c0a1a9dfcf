import { type FSWatcher, watch } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DartsError } from '../config/errors.ts'

const LONGEST_PATH = 107

/** @throws DartsError `set-up` when the kernel would refuse it */
export function checkSocketPath(path: string): string {
  const bytes = Buffer.byteLength(path)
  if (bytes <= LONGEST_PATH) return path
  throw new DartsError(
    'set-up',
    `${path}: a socket's path has at most ${LONGEST_PATH} bytes, not ${bytes}: choose a shorter \`run\` folder`,
  )
}

export function connectUnix(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    socket.once('connect', () => {
      socket.off('error', reject)
      socket.on('error', () => {})
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

/** Connects as soon as the socket is made. The folder must be there; the signal ends the waiting. */
export async function connectWhenThere(path: string, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()
  using made = new FolderEvents(dirname(path), basename(path), signal)
  for (;;) {
    try {
      return await connectUnix(path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'ECONNREFUSED') throw error
      // Bound but not yet listening: there is no event for that moment.
      if (code === 'ECONNREFUSED') await sleep(2, undefined, { signal })
      else await made.next()
    }
  }
}

/** Tells when a name appears in a folder; none is lost between two calls of `next`. */
class FolderEvents {
  readonly #watcher: FSWatcher
  readonly #signal: AbortSignal
  #seen = false
  #wake = () => {}

  constructor(folder: string, name: string, signal: AbortSignal) {
    this.#signal = signal
    this.#watcher = watch(folder, (_, file) => {
      if (file !== name) return
      this.#seen = true
      this.#wake()
    })
    signal.addEventListener('abort', () => this.#wake(), { once: true })
  }

  async next(): Promise<void> {
    if (!this.#seen && !this.#signal.aborted)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    this.#signal.throwIfAborted()
    this.#seen = false
  }

  [Symbol.dispose]() {
    this.#watcher.close()
  }
}
