import type { Hono } from 'hono'
import type { Bus } from '../../config/bus/connect.ts'
import type { SessionStore } from '../../config/bus/session-store.ts'
import type { Envelope } from '../../config/contract/envelope.ts'
import type { Log } from '../../config/log.ts'
import type { Settings } from '../../config/settings.ts'

/** What every function is given. Its bus may do what its `function.json` says and nothing else. */
export type FunctionContext = {
  name: string
  settings: Settings
  bus: Bus
  store: SessionStore
  /** While a message is handled: bound to its session and trace. */
  log: Log
  /** Aborted when the function is stopped. */
  signal: AbortSignal
}

/** One message of a declared subject. `signal` is aborted when the time limit is over. */
export type Message = { subject: string; sequence: number; envelope: Envelope; signal: AbortSignal }

/** What a function's `index.ts` may export; any of them. */
export type FunctionModule = {
  /** Answers the declared routes. */
  http?: (context: FunctionContext) => Hono | Promise<Hono>
  /** Handles the messages of the declared subjects; what it throws decides over a retry. */
  handle?: (message: Message, context: FunctionContext) => Promise<void>
  /** Runs for as long as the function does; when it throws, the function is restarted. */
  run?: (context: FunctionContext) => Promise<void>
}
