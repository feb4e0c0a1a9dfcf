import type { FactName, Outcome, Request, Start } from '../contract/facts.ts'
import type { Step } from '../contract/subjects.ts'

/*
 *                 placed      overlaid     customized     booted       ready
 *   requested ──▶ placed ───▶ overlaid ──▶ customized ──▶ booted ────▶ ready
 *       │            │            │             │            │           │
 *       │            └────────────┴─────────────┴── ending ──┴───────────┘
 *       │ never placed                                 │ cleaned: nothing of it is left on its host
 *       └──────────────────────────────────────────────┴──▶ ended | failed
 *
 * A warm start goes from placed to booted at once: restore takes the place of overlay, customize and boot.
 * booted: the display can be opened. ready: the machine's readiness probe has passed.
 * A stop that comes before its create makes an `ended` without a request: the create then starts nothing.
 */
type Hosted<S extends string> = { state: S; request: Request; host: string }
type Starting<S extends string> = Hosted<S> & { start: Start }

export type SessionState =
  | { state: 'requested'; request: Request }
  | Starting<'placed'>
  | Starting<'overlaid'>
  | Starting<'customized'>
  | Starting<'booted'>
  | Starting<'ready'>
  | (Hosted<'ending'> & { outcome: Outcome })
  | { state: 'ended'; request?: Request; outcome: Outcome & { result: 'ended' } }
  | { state: 'failed'; request?: Request; outcome: Outcome & { result: 'failed' } }

export type StateName = SessionState['state']

/** Which facts each state takes. What is not here cannot happen, and is ignored when it arrives late. */
export const TAKES = {
  requested: ['placed', 'ended', 'failed'],
  placed: ['overlaid', 'booted', 'ending'],
  overlaid: ['customized', 'ending'],
  customized: ['booted', 'ending'],
  booted: ['ready', 'ending'],
  ready: ['ending'],
  ending: ['ended', 'failed'],
  ended: [],
  failed: [],
} as const satisfies Record<StateName, readonly FactName[]>

/** Every state, from the first to the last. */
export const STATE_NAMES = Object.keys(TAKES) as [StateName, ...StateName[]]

const STEP_OF = {
  requested: undefined,
  placed: 'create-overlay',
  overlaid: 'customize',
  customized: 'boot',
  booted: undefined,
  ready: undefined,
  ending: 'clean',
  ended: undefined,
  failed: undefined,
} as const satisfies Record<StateName, Step | undefined>

/** The step that a host-runner must take in a state. */
export const stepOf = (state: SessionState): Step | undefined =>
  state.state === 'placed' && state.start === 'warm' ? 'restore' : STEP_OF[state.state]

export const isOver = (state: SessionState) => state.state === 'ended' || state.state === 'failed'
/** It has a display, or may have one soon. */
export const mayShow = (state: StateName) => state !== 'ending' && state !== 'ended' && state !== 'failed'
export const hasDisplay = (state: SessionState): state is Starting<'booted'> | Starting<'ready'> =>
  state.state === 'booted' || state.state === 'ready'
