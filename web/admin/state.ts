import type { FunctionView, Me, ServiceView } from '../../config/contract/api.ts'
import type { Problem } from '../live/problem.ts'
import { createStore } from '../live/store.ts'
import type { Listed } from '../model/listing.ts'

export type AdminState = {
  me?: Me
  services: ReadonlyMap<string, ServiceView>
  functions: ReadonlyMap<string, FunctionView>
  /** Absent until they were first answered. */
  sessions?: ReadonlyMap<string, Listed>
  /** False while the stream of events is interrupted. */
  isLive: boolean
  problem?: Problem
}

export const admin = createStore<AdminState>({ services: new Map(), functions: new Map(), isLive: true })

export const change = (part: Partial<AdminState>) => admin.update(state => ({ ...state, ...part }))
