import { DeliverPolicy, type JsMsg } from '@nats-io/jetstream'
import type { SSEStreamingApi } from 'hono/streaming'
import type { Bus } from '../../config/bus/connect.ts'
import { readStream } from '../../config/bus/read-stream.ts'

/** From where on: everything, only the last of each subject, only what is new, or from a sequence on. */
export type From = 'all' | 'last' | 'new' | { sequence: number }

const POLICY = { all: DeliverPolicy.All, last: DeliverPolicy.LastPerSubject, new: DeliverPolicy.New } as const

/** Writes the stored events of a subject, then the new ones as they come, until the reader or `last` ends it. */
export async function replay(
  bus: Bus,
  stream: SSEStreamingApi,
  filter: string,
  from: From,
  isLast: (message: JsMsg) => boolean = () => false,
): Promise<void> {
  const start =
    typeof from === 'object'
      ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from.sequence }
      : { deliver_policy: POLICY[from] }
  const left = new AbortController()
  stream.onAbort(() => left.abort())
  if (stream.aborted) left.abort()
  for await (const message of readStream(bus, 'EVENTS', { filter_subjects: filter, ...start }, left.signal)) {
    await stream.writeSSE({ id: String(message.seq), data: message.string() })
    if (isLast(message)) break
  }
}
