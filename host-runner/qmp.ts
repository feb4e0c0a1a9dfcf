import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { lineSplitter } from './lines.ts'
import { parseQmp, type QmpEventName, type QmpEvents, type QmpMessage } from './qmp-messages.ts'

type Waiting = { resolve: (value: unknown) => void; reject: (error: Error) => void }
const ANSWER_WITHIN = 10_000

/** QEMU's control connection: commands by `execute`, events by `on`. There is one client at a time. */
export class Qmp {
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  readonly #events = new EventEmitter()
  readonly #greeted = Promise.withResolvers<void>()
  #nextId = 1
  /** Settles when the connection is over: QEMU has ended, or we closed it. */
  readonly closed: Promise<void>

  private constructor(socket: Socket) {
    this.#socket = socket
    this.closed = new Promise(resolve => socket.once('close', () => resolve()))
    this.closed.then(() => this.#fail(new Error('QEMU closed its control connection')))
    this.#greeted.promise.catch(() => {})
    const split = lineSplitter(line => this.#take(parseQmp(line)))
    socket.on('data', chunk => {
      try {
        split(chunk)
      } catch (error) {
        socket.destroy(error as Error)
      }
    })
  }

  /** Returns when QEMU has greeted, which is when all of its sockets are made and its main loop runs. */
  static async open(socket: Socket, signal: AbortSignal): Promise<Qmp> {
    const qmp = new Qmp(socket)
    const abort = () => socket.destroy()
    signal.addEventListener('abort', abort, { once: true })
    try {
      await qmp.#greeted.promise
      await qmp.execute('qmp_capabilities')
      return qmp
    } catch (error) {
      socket.destroy()
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  /** @throws Error when QEMU refuses it, does not answer within 10 s, or goes away */
  async execute<T = unknown>(command: string, args?: Record<string, unknown>): Promise<T> {
    const id = this.#nextId++
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    if (this.#socket.destroyed) throw new Error('QEMU closed its control connection')
    this.#waiting.set(id, { resolve, reject })
    const timer = setTimeout(
      () => reject(new Error(`${command}: no answer in ${ANSWER_WITHIN} ms`)),
      ANSWER_WITHIN,
    )
    this.#socket.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }), id })}\n`)
    try {
      return (await promise) as T
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(id)
    }
  }

  on<E extends QmpEventName>(event: E, listener: (data: QmpEvents[E]) => void): void {
    this.#events.on(event, listener)
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(message: QmpMessage): void {
    if (message.kind === 'greeting') this.#greeted.resolve()
    else if (message.kind === 'event') this.#events.emit(message.event, message.data)
    else if (message.kind === 'return') this.#waiting.get(message.id)?.resolve(message.value)
    else this.#waiting.get(message.id)?.reject(new Error(message.text))
  }

  #fail(error: Error): void {
    this.#greeted.reject(error)
    for (const { reject } of this.#waiting.values()) reject(error)
  }
}
