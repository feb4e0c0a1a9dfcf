import type { Fact } from '../contract/facts.ts'
import type { SessionState } from './state.ts'

/** The state after a fact. `decide` only makes facts that the state takes. */
export function evolve(state: SessionState | undefined, fact: Fact): SessionState {
  switch (fact.fact) {
    case 'requested': {
      const { fact: _, ...request } = fact
      return { state: 'requested', request }
    }
    case 'placed':
      return { state: 'placed', request: requestOf(state), host: fact.host, start: fact.start ?? 'cold' }
    case 'overlaid':
    case 'customized':
      return { state: fact.fact, request: requestOf(state), host: hostOf(state), start: 'cold' }
    case 'booted':
      return { state: 'booted', request: requestOf(state), host: hostOf(state), start: fact.start ?? 'cold' }
    case 'ready':
      return { state: 'ready', request: requestOf(state), host: hostOf(state), start: startOf(state) }
    case 'ending':
      return { state: 'ending', request: requestOf(state), host: hostOf(state), outcome: fact.outcome }
    case 'ended': {
      const outcome = { result: 'ended', reason: fact.reason, text: fact.text } as const
      return { state: 'ended', ...(state && { request: requestOf(state) }), outcome }
    }
    case 'failed': {
      const outcome = { result: 'failed', code: fact.code, text: fact.text } as const
      return { state: 'failed', ...(state && { request: requestOf(state) }), outcome }
    }
  }
}

function requestOf(state: SessionState | undefined) {
  if (state?.request) return state.request
  throw new Error(`state ${state?.state ?? 'absent'} has no request`)
}

const startOf = (state: SessionState | undefined) => (state && 'start' in state ? state.start : 'cold')

function hostOf(state: SessionState | undefined) {
  if (state && 'host' in state) return state.host
  throw new Error(`state ${state?.state ?? 'absent'} has no host`)
}
