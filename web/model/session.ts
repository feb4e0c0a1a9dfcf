import type { SessionView } from '../../config/contract/api.ts'
import type { Accel, Fact, FactName, Notice, Trouble } from '../../config/contract/facts.ts'

export type StateName = SessionView['state']

/** A session as a page knows it: what the API answered, moved on by the facts that followed. */
export type SessionModel = {
  view: SessionView
  /** The last state before its end began: where it stopped. */
  reached: StateName
  /** When each fact happened, in milliseconds. */
  times: Partial<Record<FactName, number>>
  /** How far the step is that is being done. */
  progress?: { percent: number; text: string }
  skipped?: boolean
  accel?: Accel
  /** Cold when a warm start was planned and did not work. */
  start?: 'cold' | 'warm'
  warnedMinutes?: number
  /** Why it stands still. */
  trouble?: Trouble | undefined
}

const ORDER: readonly StateName[] = [
  'requested',
  'placed',
  'overlaid',
  'customized',
  'booted',
  'ready',
  'ending',
  'ended',
  'failed',
]

export const rank = (state: StateName) => ORDER.indexOf(state)
export const isOver = (state: StateName) => state === 'ended' || state === 'failed'
export const hasDisplay = (state: StateName) => state === 'booted' || state === 'ready'
const isStart = (state: StateName) => rank(state) <= rank('ready')

export function fromView(view: SessionView): SessionModel {
  const requested = view.createdAt ? { requested: Date.parse(view.createdAt) } : {}
  const reached = isStart(view.state) ? view.state : 'requested'
  return { view, reached, times: requested, ...(view.start && { start: view.start }) }
}

/** A newer answer of the API, without losing what only the facts told. */
export const withView = (model: SessionModel, view: SessionView): SessionModel =>
  rank(view.state) < rank(model.view.state) ? model : { ...model, ...pick(fromView(view), model) }

const pick = (fresh: SessionModel, known: SessionModel) => ({
  view: fresh.view,
  ...(fresh.start && { start: fresh.start }),
  reached: rank(fresh.reached) > rank(known.reached) ? fresh.reached : known.reached,
})

/**
 * Facts may be heard twice or late (a stream replays from its first after each reconnect),
 * so a fact only ever moves a session forward. Pure.
 */
export function apply(model: SessionModel, fact: Fact | Notice, time: number): SessionModel {
  if (fact.fact === 'progressed') {
    const { percent, text } = fact
    return stepIsRunning(model, fact.step) ? { ...model, progress: { percent, text } } : model
  }
  if (fact.fact === 'warned')
    return {
      ...model,
      warnedMinutes: fact.minutes,
      view: { ...model.view, expiresAt: fact.expiresAt },
    }
  if (fact.fact === 'troubled') return { ...model, trouble: fact.trouble }
  if (fact.fact === 'recovered') return { ...model, trouble: undefined }
  const times = { ...model.times, [fact.fact]: time }
  const told = { ...model, ...tellings(fact), times }
  if (isStart(fact.fact) && rank(fact.fact) > rank(told.reached)) told.reached = fact.fact
  if (rank(fact.fact) <= rank(model.view.state)) return told
  const { progress: _, ...moved } = told
  return { ...moved, view: { ...model.view, state: fact.fact, ...viewOf(fact) } }
}

function tellings(fact: Fact) {
  if (fact.fact === 'placed') return fact.start ? { start: fact.start } : {}
  if (fact.fact === 'overlaid') return { start: 'cold' as const }
  if (fact.fact === 'customized') return { skipped: fact.skipped }
  if (fact.fact === 'booted') return { accel: fact.accel, ...(fact.start && { start: fact.start }) }
  return {}
}

function viewOf(fact: Fact): Partial<SessionView> {
  switch (fact.fact) {
    case 'placed':
      return { host: fact.host }
    case 'ending':
      return { text: fact.outcome.text }
    case 'ended':
      return { reason: fact.reason, text: fact.text }
    case 'failed':
      return { code: fact.code, text: fact.text }
    default:
      return {}
  }
}

const RUNNING_IN: Record<string, readonly StateName[]> = {
  'create-overlay': ['placed'],
  customize: ['overlaid'],
  boot: ['customized', 'booted'],
}

const stepIsRunning = (model: SessionModel, step: string) =>
  RUNNING_IN[step]?.includes(model.view.state) ?? false
