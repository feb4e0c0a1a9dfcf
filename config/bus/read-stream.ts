import type { JsMsg, OrderedConsumerOptions } from '@nats-io/jetstream'
import type { Bus } from './connect.ts'

/**
 * The messages of a stream that fit, those that are there and then the new ones, until its reader leaves or the signal is
 * aborted. Its consumer is in the server's memory and goes with its reader.
 */
export async function* readStream(
  { js }: Pick<Bus, 'js'>,
  stream: string,
  options: Partial<OrderedConsumerOptions>,
  signal?: AbortSignal,
): AsyncGenerator<JsMsg> {
  if (signal?.aborted) return
  const consumer = await js.consumers.get(stream, options)
  const messages = await consumer.consume()
  const stop = () => messages.stop()
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  try {
    yield* messages
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
    consumer.delete().catch(() => {})
  }
}
