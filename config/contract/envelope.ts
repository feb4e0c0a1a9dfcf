import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { DartsError } from '../errors.ts'
import { Traceparent } from './trace.ts'

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(200))

/** CloudEvents 1.0 in structured JSON mode, with the extensions that DARTS adds. */
export const Envelope = v.looseObject({
  specversion: v.literal('1.0'),
  id: v.pipe(text, v.regex(/^[\x21-\x7e]+$/, 'printable characters only')),
  source: text,
  /** `darts.<kind>.<name>.v<version>` */
  type: v.pipe(v.string(), v.regex(/^darts\.[a-z]+\.[a-z-]+\.v[0-9]+$/)),
  time: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  subject: v.optional(text),
  datacontenttype: v.optional(v.literal('application/json')),
  /** Id of the command that this event answers. */
  correlationid: v.optional(text),
  /** The trace of the request that began it all: CloudEvents' distributed tracing. A wrong one is left out. */
  traceparent: v.optional(v.fallback(v.optional(Traceparent), undefined)),
  data: v.optional(v.record(v.string(), v.unknown()), {}),
})
export type Envelope = v.InferOutput<typeof Envelope>

/** A new envelope; `id` makes a repeated publish the same message. */
export function envelope(
  type: string,
  source: string,
  data: Record<string, unknown>,
  more: {
    id?: string
    subject?: string
    correlationid?: string
    traceparent?: string | undefined
    time?: Date
  } = {},
): Envelope {
  const { id = randomUUID(), time = new Date(), ...rest } = more
  return {
    specversion: '1.0',
    id,
    source,
    type,
    time: time.toISOString(),
    datacontenttype: 'application/json',
    ...rest,
    data,
  }
}

/** @throws DartsError `bad-request` when it is not JSON or not such an envelope */
export function parseEnvelope(bytes: Uint8Array | string): Envelope {
  try {
    return v.parse(Envelope, JSON.parse(typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)))
  } catch (cause) {
    throw new DartsError('bad-request', `not a CloudEvents 1.0 message: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** The `traceparent` of a message; undefined also for one that cannot be read. */
export function traceIn(bytes: Uint8Array): string | undefined {
  try {
    return parseEnvelope(bytes).traceparent
  } catch {
    return undefined
  }
}
