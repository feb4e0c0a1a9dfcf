import type { FactName, Outcome, Request } from '../contract/facts.ts'
import type { Step } from '../contract/subjects.ts'

/*
 *                 placed      overlaid     customized     booted       ready
 *   requested ──▶ placed ───▶ overlaid ──▶ customized ──▶ booted ────▶ ready
 *       │            │            │             │            │           │
 *       │            └────────────┴─────────────┴── ending ──┴───────────┘
 *       │ never placed                                 │ cleaned: nothing of it is left on its host
 *       └──────────────────────────────────────────────┴──▶ ended | failed
 *
 * booted: the display can be opened. ready: the machine's readiness probe has passed.
 * A stop that comes before its create makes an `ended` without a request: the create then starts nothing.
 */
type Hosted<S extends string> = { state: S; request: Request; host: string }

export type SessionState =
  | { state: 'requested'; request: Request }
  | Hosted<'placed'>
  | Hosted<'overlaid'>
  | Hosted<'customized'>
  | Hosted<'booted'>
  | Hosted<'ready'>
  | (Hosted<'ending'> & { outcome: Outcome })
  | { state: 'ended'; request?: Request; outcome: Outcome & { result: 'ended' } }
  | { state: 'failed'; request?: Request; outcome: Outcome & { result: 'failed' } }

export type StateName = SessionState['state']

/** Which facts each state takes. What is not here cannot happen, and is ignored when it arrives late. */
export const TAKES = {
  requested: ['placed', 'ended', 'failed'],
  placed: ['overlaid', 'ending'],
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

/** The step that a host-runner must take in each state. */
export const STEP_OF = {
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

export const isOver = (state: SessionState) => state.state === 'ended' || state.state === 'failed'
export const hasDisplay = (state: SessionState) => state.state === 'booted' || state.state === 'ready'
