import type { SSEStreamingApi } from 'hono/streaming'
import type { Bus } from '../../config/bus/connect.ts'
import { watchBucket } from '../../config/bus/read-bucket.ts'
import { envelope } from '../../config/contract/envelope.ts'

/** Writes every view of a bucket as it is, then each change. Without an id: it is a state, not a stored event. */
export async function tellViews(
  bus: Bus,
  stream: SSEStreamingApi,
  bucket: 'services' | 'functions',
  type: string,
): Promise<void> {
  const stop = new AbortController()
  stream.onAbort(() => stop.abort())
  if (stream.aborted) return
  for await (const entry of watchBucket(bus, bucket, stop.signal)) {
    if (entry?.value === undefined) continue
    const message = envelope(type, 'events', JSON.parse(entry.value), { subject: entry.key })
    await stream.writeSSE({ data: JSON.stringify(message) })
  }
}
