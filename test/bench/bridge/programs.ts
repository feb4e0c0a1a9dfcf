import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { end } from '../end.ts'
import type { Order } from './viewer.ts'

export type Viewers = { tell(order: Order): Promise<number>; stop(): Promise<void> }

/** A process that opens displays as it is told. */
export function startViewers(): Viewers {
  const child = fork(path('viewer.ts'))
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the viewers ended with ${code}`)
  })
  ended.catch(() => {})
  return {
    async tell(order) {
      child.send(order)
      const [answer] = await Promise.race([once(child, 'message'), ended])
      return answer
    },
    stop: () => end(child),
  }
}

/** The display program on a unix socket. */
export async function startDisplay(socket: string): Promise<{ stop(): Promise<void> }> {
  const child = fork(path('display.ts'), [socket])
  await once(child, 'message')
  return { stop: () => end(child) }
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))
