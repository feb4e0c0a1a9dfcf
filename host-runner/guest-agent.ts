import { lineSplitter } from './lines.ts'
import { connectUnix } from './unix-socket.ts'

const ANSWER_WITHIN = 15_000

/**
 * Asks the guest's agent whether it is there. The sync first: the channel may hold an old answer, or the agent half
 * a question of another runner (https://www.qemu.org/docs/master/interop/qemu-ga-ref.html).
 * @throws Error when it does not answer within 15 s
 */
export async function pingAgent(path: string, signal: AbortSignal): Promise<void> {
  const socket = await connectUnix(path)
  const token = Math.floor(Math.random() * 2 ** 31)
  const stop = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN)])
  const destroy = () => socket.destroy()
  stop.addEventListener('abort', destroy, { once: true })
  try {
    let synced = false
    await new Promise<void>((resolve, reject) => {
      socket.on(
        'data',
        lineSplitter(line => {
          const answer = parse(line)
          if (synced && answer !== undefined) resolve()
          if (answer !== token) return
          synced = true
          socket.write('{"execute":"guest-ping"}\n')
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

/** The value of an answer; undefined for what is left over of an earlier conversation. */
function parse(line: string): unknown {
  try {
    const message: { return?: unknown } = JSON.parse(line.replace(/^[^{]*/, ''))
    return message.return
  } catch {
    return undefined
  }
}
