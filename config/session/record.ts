import * as v from 'valibot'
import type { SessionView } from '../contract/api.ts'
import { Envelope } from '../contract/envelope.ts'
import { Outcome, Request, STARTS } from '../contract/facts.ts'
import { parseStored } from '../parse-stored.ts'
import { type SessionState, STATE_NAMES } from './state.ts'

/** The value of a session's key. `pending` are the facts of the last change: a crash may have left them unpublished. */
export type SessionRecord = {
  v: 1
  id: string
  owner: string
  /** Number of facts so far; the message id of the n-th is `<session>.<n>`. */
  n: number
  /** Id of the command that created it: correlation of everything that follows. */
  correlationid: string
  /** Trace of that command; records of an older version have none. */
  traceparent?: string | undefined
  state: SessionState
  pending: Envelope[]
}

const Stored = v.object({
  v: v.literal(1),
  id: v.string(),
  owner: v.string(),
  n: v.number(),
  correlationid: v.string(),
  traceparent: v.optional(v.string()),
  state: v.looseObject({
    state: v.picklist(STATE_NAMES),
    request: v.optional(Request),
    host: v.optional(v.string()),
    start: v.optional(v.picklist(STARTS)),
    outcome: v.optional(Outcome),
  }),
  pending: v.array(Envelope),
})

/** @throws DartsError `unreadable` for a value of another version */
export function parseRecord(text: string): SessionRecord {
  return parseStored(Stored, text, 'session record') as SessionRecord
}

/** A session as a user reads it. */
export function viewOf({ id, owner, state }: SessionRecord): SessionView {
  const view: SessionView = { id, owner, state: state.state, ...state.request }
  if ('host' in state) view.host = state.host
  if ('start' in state) view.start = state.start
  if ('outcome' in state) {
    view.text = state.outcome.text
    if (state.outcome.result === 'failed') view.code = state.outcome.code
    else view.reason = state.outcome.reason
  }
  return view
}
