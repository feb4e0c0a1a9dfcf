import type { MachineView, Me, SessionView } from '../../config/contract/api.ts'
import type { Problem } from '../live/problem.ts'
import { createStore } from '../live/store.ts'
import type { HostStep } from '../model/host.ts'
import { type Listed, merge } from '../model/listing.ts'

export type LandingState = {
  me?: Me
  /** Absent until they were first answered. */
  machines?: readonly MachineView[]
  sessions: ReadonlyMap<string, Listed>
  hostSteps: readonly HostStep[]
  dismissed: ReadonlySet<string>
  problem?: Problem
}

const DISMISSED = 'darts.dismissed'

export const landing = createStore<LandingState>({
  sessions: new Map(),
  hostSteps: [],
  dismissed: new Set(recall()),
})

/** The sessions as the API told them now; what only events told of them is kept. */
export const replaceSessions = (views: readonly SessionView[]) =>
  landing.update(state => ({ ...state, sessions: merge(state.sessions, views) }))

export const putSession = (session: Listed) =>
  landing.update(state => ({
    ...state,
    sessions: new Map(state.sessions).set(session.view.id, session),
  }))

export function dismiss(id: string) {
  landing.update(state => ({ ...state, dismissed: new Set(state.dismissed).add(id) }))
  // The last fifty are plenty: a failure is shown for a day only.
  localStorage.setItem(DISMISSED, JSON.stringify([...landing.get().dismissed].slice(-50)))
}

function recall(): string[] {
  try {
    return JSON.parse(localStorage.getItem(DISMISSED) ?? '[]')
  } catch {
    return []
  }
}
