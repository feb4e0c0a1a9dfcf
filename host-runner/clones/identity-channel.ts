import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { newSessionId } from '../../config/contract/names.ts'
import { askAgent } from '../guest-agent.ts'
import { lineSplitter } from '../lines.ts'
import { connectUnix } from '../unix-socket.ts'
import { type Order, orderLine } from './orders.ts'

export const HELPER = new URL('identity.pl', import.meta.url)
/** A guest's answer is a word, a tag and the end of a script's output in hexadecimal. */
const LONGEST_ANSWER = 8192

/** The host's end of the port on which a guest is given its identity. Closing it ends the helper in the guest. */
export class IdentityChannel {
  readonly #socket: Socket
  readonly #waiting = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on(
      'data',
      lineSplitter(line => this.#take(line), LONGEST_ANSWER),
    )
    socket.once('close', () => this.#fail(new Error('the channel to the guest was closed')))
  }

  static async open(path: string): Promise<IdentityChannel> {
    return new IdentityChannel(await connectUnix(path))
  }

  /** One round: all orders are sent at once, and answered together. @throws Error with what the guest says */
  async send(orders: Order[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const tag = newSessionId()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.set(tag, { resolve, reject })
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    this.#socket.write(
      [...orders, ['end', tag] satisfies Order].map(order => `${orderLine(order)}\n`).join(''),
    )
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', abort)
      this.#waiting.delete(tag)
    }
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(line: string) {
    const [verdict, tag = '', said = ''] = line.split(' ')
    const waiting = this.#waiting.get(tag)
    if (verdict === 'done') waiting?.resolve()
    else waiting?.reject(new Error(`the guest: ${Buffer.from(said, 'hex').toString().trim()}`))
  }

  #fail(error: Error) {
    for (const { reject } of this.#waiting.values()) reject(error)
  }
}

/** Starts the helper in a guest whose agent answers. @throws Error when the guest has no Perl, or its agent may not */
export async function startHelper(agent: string, signal: AbortSignal): Promise<void> {
  const script = await readFile(HELPER, 'utf8')
  await askAgent(agent, 'guest-exec', { path: '/usr/bin/perl', arg: ['-e', script] }, signal)
}
