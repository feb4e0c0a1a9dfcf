import { lineSplitter } from './lines.ts'
import { connectUnix } from './unix-socket.ts'

const ANSWER_WITHIN = 15_000

/** Resolves when the guest's agent is there. @throws Error when it does not answer within 15 s */
export async function pingAgent(path: string, signal: AbortSignal): Promise<void> {
  await askAgent(path, 'guest-ping', undefined, signal)
}

/**
 * Asks the guest's agent for one thing. The sync first: the channel may hold an old answer, or the agent half
 * a question of another runner (https://www.qemu.org/docs/master/interop/qemu-ga-ref.html).
 * @throws Error when it refuses, or does not answer within 15 s
 */
export async function askAgent(
  path: string,
  command: string,
  args: Record<string, unknown> | undefined,
  signal: AbortSignal,
): Promise<unknown> {
  const socket = await connectUnix(path)
  const token = Math.floor(Math.random() * 2 ** 31)
  const stop = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN)])
  const destroy = () => socket.destroy()
  stop.addEventListener('abort', destroy, { once: true })
  try {
    let synced = false
    return await new Promise<unknown>((resolve, reject) => {
      socket.on(
        'data',
        lineSplitter(line => {
          const answer = parse(line)
          if (synced && answer?.error) reject(new Error(`${command}: ${answer.error.desc}`))
          else if (synced && answer) resolve(answer.return)
          if (answer?.return !== token) return
          synced = true
          socket.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }) })}\n`)
        }),
      )
      socket.once('close', () => reject(new Error('the guest agent does not answer')))
      socket.write(`\xff{"execute":"guest-sync-delimited","arguments":{"id":${token}}}\n`, 'latin1')
    })
  } finally {
    stop.removeEventListener('abort', destroy)
    socket.destroy()
  }
}

type Answer = { return?: unknown; error?: { desc: string } }

/** Undefined for what is left over of an earlier conversation. */
function parse(line: string): Answer | undefined {
  try {
    const message: Answer = JSON.parse(line.replace(/^[^{]*/, ''))
    return 'return' in message || 'error' in message ? message : undefined
  } catch {
    return undefined
  }
}
