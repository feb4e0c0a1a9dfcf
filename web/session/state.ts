import type { Problem } from '../live/problem.ts'
import { createStore } from '../live/store.ts'
import type { SessionModel } from '../model/session.ts'
import { words } from '../words.ts'
import type { DisplayState } from './display.ts'

export type SessionState = {
  /** Absent until it was first answered. */
  session?: SessionModel
  /** The machine's name for people, once known. */
  machineTitle?: string
  isMissing: boolean
  problem?: Problem
  /** Events are coming in. */
  isLive: boolean
  display: DisplayState
  /** Text last shared with the desktop, either way. */
  clipboard: string
  /** How to leave the desktop by keyboard is being shown. */
  showsLeaveHint: boolean
}

export const page = createStore<SessionState>({
  isMissing: false,
  isLive: true,
  display: 'closed',
  clipboard: '',
  showsLeaveHint: false,
})

export const change = (part: Partial<SessionState>) => page.update(state => ({ ...state, ...part }))

export const titleOf = ({ machineTitle, session }: SessionState) =>
  machineTitle ?? session?.view.machine ?? words.sessions.unknownMachine
