import type { JsMsg } from '@nats-io/jetstream'
import { TRIES } from '../config/bus/consume.ts'
import { parseEnvelope } from '../config/contract/envelope.ts'
import { checkStep } from '../config/contract/steps.ts'
import { readSubject } from '../config/contract/subjects.ts'
import { DartsError, toDartsError } from '../config/errors.ts'
import { sessionLog } from '../config/log.ts'
import type { Order } from '../config/session/decide.ts'
import type { SessionRecord } from '../config/session/record.ts'
import { stepOf } from '../config/session/state.ts'
import type { Context } from './context.ts'
import { sessionFiles } from './session-files.ts'
import { HANDLERS } from './steps.ts'

/** Handles one message of the stream STEPS. The record decides what is done, the message only wakes us. */
export async function takeMessage(context: Context, message: JsMsg): Promise<void> {
  const { session, what } = readSubject(message.subject)
  checkStep(what, parseEnvelope(message.data))
  if (what === 'build-template') return context.templates.build(session)
  if (what === 'remove-template') return context.templates.remove(session)
  await takeStep(context, session, message.info.deliveryCount >= TRIES)
}

/** Does the step that the session's state asks for, if it is this host's. Repeating it changes nothing. */
export async function takeStep(context: Context, id: string, lastTry: boolean): Promise<void> {
  const { store, exclusive } = context
  const first = await store.get(id)
  const step = first && stepHere(context, first)
  if (!step) return
  await exclusive.run(id, step, async signal => {
    // Again: while it waited, the session may have moved on.
    const record = await store.get(id)
    if (!record) return
    if (stepHere(context, record) !== step) return store.sendStep(record)
    const order = await attempt(context, record, step, lastTry, signal)
    if (order) await store.sendStep((await store.change(id, order)).record)
  })
}

/** Undefined when it was aborted: what comes instead is another step, which waits for this one. */
async function attempt(
  context: Context,
  record: SessionRecord,
  step: keyof typeof HANDLERS,
  lastTry: boolean,
  signal: AbortSignal,
): Promise<Order | undefined> {
  const { id } = record
  const log = sessionLog(context.log, record).child({ step })
  const started = performance.now()
  try {
    const files = sessionFiles(context.folders, id)
    const order = await HANDLERS[step](context, { id, record, files, log }, signal)
    log.info({ ms: Math.round(performance.now() - started) }, 'done')
    return order
  } catch (thrown) {
    if (signal.aborted) {
      log.info('aborted')
      return undefined
    }
    const error = toDartsError(thrown)
    // Cleaning is never given up for another state: the session stays `ending` until it is done.
    if (step === 'clean') throw new DartsError('internal', `clean: ${error.message}`, { cause: thrown })
    if (error.retry && !lastTry) throw error
    log.error({ err: error }, 'failed')
    return { order: 'fail', code: error.code, text: error.text }
  }
}

function stepHere({ settings }: Context, { state }: SessionRecord) {
  return 'host' in state && state.host === settings.host ? stepOf(state) : undefined
}
