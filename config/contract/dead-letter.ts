import * as v from 'valibot'
import type { ErrorCode } from '../errors.ts'

export const DEAD_LETTER = 'darts.dead.letter.v1'
/** A message that could not be handled, as the stream DEAD keeps it. */
export const DeadLetter = v.object({
  code: v.pipe(v.string() as v.GenericSchema<ErrorCode>, v.description('One of a closed set of codes')),
  reason: v.pipe(v.string(), v.description('Why it could not be handled, for the administrator')),
  subject: v.pipe(
    v.string(),
    v.regex(/^darts\.(cmd|run|evt)\.\S+$/),
    v.description('Where it was published, and where a retry publishes it again'),
  ),
  consumer: v.optional(v.pipe(v.string(), v.description('Who could not handle it'))),
  original: v.string(),
  whole: v.pipe(
    v.optional(v.boolean(), true),
    v.description('False when it was too large or no text: the original is its beginning only'),
  ),
})
export type DeadLetter = v.InferOutput<typeof DeadLetter>

/** Tells administrators of a new letter. */
export const BURIED = 'darts.system.buried.v1'
export const Buried = v.pick(DeadLetter, ['code', 'reason', 'subject'])

/** The number of a letter as somebody has written it; undefined for what is none. */
export const readSeq = (text: string): number | undefined =>
  /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : undefined

/** A letter with its place in the stream, which is its name. */
export const DeadLetterView = v.object({
  seq: v.number(),
  time: v.pipe(v.string(), v.isoTimestamp()),
  ...DeadLetter.entries,
})
export type DeadLetterView = v.InferOutput<typeof DeadLetterView>
