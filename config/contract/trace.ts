import { randomBytes } from 'node:crypto'
import * as v from 'valibot'

/**
 * The `traceparent` of W3C Trace Context, version 00: one trace from a request through everything that it causes. DARTS
 * records no spans of its own, so whoever asks finds its own id in every event. https://www.w3.org/TR/trace-context/
 */
export const Traceparent = v.pipe(
  v.string(),
  v.regex(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/, 'a W3C traceparent, version 00'),
)

/** What the caller sent, or a new one: a wrong one starts a new trace, as the standard says. */
export const traceparentOf = (sent: unknown): string =>
  v.is(Traceparent, sent)
    ? sent
    : `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`

/** What a log is bound to; nothing for what belongs to no trace. */
export const traceIdOf = (traceparent: string | undefined): { traceId?: string } =>
  traceparent === undefined ? {} : { traceId: traceparent.split('-')[1] ?? '' }
