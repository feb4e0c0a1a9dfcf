import type { Accel, EndReason, Fact, Outcome, Request, Start } from '../contract/facts.ts'
import { ERRORS, type ErrorCode } from '../errors.ts'
import { evolve } from './evolve.ts'
import { isOver, type SessionState, TAKES } from './state.ts'

/** What a session can be told to do. */
export type Order =
  | { order: 'create'; request: Request }
  /** The request cannot be granted; a session that is there already is not touched by it. */
  | { order: 'refuse'; code: ErrorCode; text: string }
  | { order: 'place'; host: string; start: Start }
  /** The bus has lost the record of a session that is on a host. */
  | { order: 'rebuild'; request: Request; host: string; running?: { accel: Accel; start: Start } }
  /** A step was done on the host; ignored when the session has moved on meanwhile. */
  | { order: 'advance'; facts: StepFact[] }
  | { order: 'end'; reason: EndReason }
  | { order: 'fail'; code: ErrorCode; text?: string }
  /** Nothing of the session is left on its host. */
  | { order: 'cleaned' }

export type StepFact = Extract<Fact, { fact: 'overlaid' | 'customized' | 'booted' | 'ready' }>

const ENDINGS: Record<EndReason, string> = {
  stopped: 'The session was stopped.',
  'powered-off': 'The desktop was shut down from inside.',
  expired: 'The life-time of the session is over.',
}

/** The facts that an order causes; none when there is nothing (left) to do. Pure: what it needs is passed in. */
export function decide(order: Order, state: SessionState | undefined): Fact[] {
  switch (order.order) {
    case 'create':
      return state ? [] : [{ fact: 'requested', ...order.request }]
    case 'refuse':
      return state ? [] : [{ fact: 'failed', code: order.code, text: order.text }]
    case 'place':
      return takes(state, 'placed') ? [{ fact: 'placed', host: order.host, start: order.start }] : []
    case 'rebuild':
      return state ? [] : rebuilt(order)
    case 'advance':
      return advance(order.facts, state)
    case 'end':
      return finish(state, { result: 'ended', reason: order.reason, text: ENDINGS[order.reason] })
    case 'fail':
      return finish(state, {
        result: 'failed',
        code: order.code,
        text: order.text ?? ERRORS[order.code].text,
      })
    case 'cleaned':
      return state?.state === 'ending' ? [over(state.outcome)] : []
  }
}

/** The same facts, in the same number, as it once had. Nothing tells whether it was ready: it has had its time. */
function rebuilt({ request, host, running }: Order & { order: 'rebuild' }): Fact[] {
  const start = running?.start ?? 'cold'
  const before: Fact[] = [
    { fact: 'requested', ...request },
    { fact: 'placed', host, start },
  ]
  if (!running) return before
  const disk: Fact[] = start === 'warm' ? [] : [{ fact: 'overlaid' }, { fact: 'customized', skipped: false }]
  return [...before, ...disk, { fact: 'booted', ...running }, { fact: 'ready' }]
}

const takes = (state: SessionState | undefined, fact: Fact['fact']) =>
  state !== undefined && (TAKES[state.state] as readonly string[]).includes(fact)

/** As many of the facts, in their order, as the state takes. */
function advance([fact, ...rest]: StepFact[], state: SessionState | undefined): Fact[] {
  return fact && takes(state, fact.fact) ? [fact, ...advance(rest, evolve(state, fact))] : []
}

function finish(state: SessionState | undefined, outcome: Outcome): Fact[] {
  if (!state || state.state === 'requested') return [over(outcome)]
  return state.state === 'ending' || isOver(state) ? [] : [{ fact: 'ending', outcome }]
}

function over(outcome: Outcome): Fact {
  return outcome.result === 'ended'
    ? { fact: 'ended', reason: outcome.reason, text: outcome.text }
    : { fact: 'failed', code: outcome.code, text: outcome.text }
}
