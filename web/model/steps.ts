import type { FactName } from '../../config/contract/facts.ts'
import { rank, type SessionModel } from './session.ts'

export type StepName = 'place' | 'wake' | 'copy' | 'personalise' | 'boot' | 'desktop'

export type StepView = {
  name: StepName
  state: 'todo' | 'running' | 'done' | 'skipped' | 'failed'
  /** How long it took, or has taken so far, in milliseconds. */
  took?: number
  percent?: number
  text?: string
}

/** The start of a session as a person sees it: each step lies between two facts. */
const COLD: readonly { name: StepName; from: FactName; to: FactName }[] = [
  { name: 'place', from: 'requested', to: 'placed' },
  { name: 'copy', from: 'placed', to: 'overlaid' },
  { name: 'personalise', from: 'overlaid', to: 'customized' },
  { name: 'boot', from: 'customized', to: 'booted' },
  { name: 'desktop', from: 'booted', to: 'ready' },
]

/** A copy of a booted machine goes on: nothing is left to wait for then. */
const WARM: typeof COLD = [
  { name: 'place', from: 'requested', to: 'placed' },
  { name: 'wake', from: 'placed', to: 'booted' },
]

export function stepsOf(model: SessionModel, now: number): StepView[] {
  const stopped = rank(model.view.state) > rank('ready')
  return (model.start === 'warm' ? WARM : COLD).map(({ name, from, to }) => {
    if (rank(model.reached) >= rank(to)) {
      const state = name === 'personalise' && model.skipped ? 'skipped' : 'done'
      return { name, state, ...took(model.times[from], model.times[to]) }
    }
    if (model.reached !== from) return { name, state: 'todo' }
    if (stopped) return { name, state: 'failed' }
    return { name, state: 'running', ...took(model.times[from], now), ...model.progress }
  })
}

export const runningStep = (steps: readonly StepView[]) => steps.find(step => step.state === 'running')
export const failedStep = (steps: readonly StepView[]) => steps.find(step => step.state === 'failed')

function took(from: number | undefined, to: number | undefined) {
  if (from === undefined || to === undefined || Number.isNaN(to - from)) return {}
  return { took: Math.max(0, to - from) }
}
