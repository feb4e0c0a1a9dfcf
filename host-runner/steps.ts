import type { Step } from '../config/contract/subjects.ts'
import type { Log } from '../config/log.ts'
import type { Order } from '../config/session/decide.ts'
import type { SessionRecord } from '../config/session/record.ts'
import type { Context } from './context.ts'
import { boot } from './handlers/boot.ts'
import { clean } from './handlers/clean.ts'
import { createOverlay } from './handlers/create-overlay.ts'
import { customize } from './handlers/customize.ts'
import { restore } from './handlers/restore.ts'
import type { SessionFiles } from './session-files.ts'

/** One session as a handler sees it. */
export type Session = { id: string; record: SessionRecord; files: SessionFiles; log: Log }
export type StepDone = Extract<Order, { order: 'advance' | 'cleaned' }>

/**
 * Does one step and returns what was done. It may be called again for a step that was half done or done already,
 * so it looks at the real world first.
 */
export type Handler = (context: Context, session: Session, signal: AbortSignal) => Promise<StepDone>

/** A step without a handler does not compile. */
export const HANDLERS = {
  'create-overlay': createOverlay,
  customize,
  boot,
  restore,
  clean,
} satisfies Record<Step, Handler>
