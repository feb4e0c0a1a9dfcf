import { type Clone, destroyClone, goOn, identify, plugIn, stopwatch } from '../clones/clone.ts'
import { cloneOf } from '../clones/make-waiting-clone.ts'
import { ownerOrders } from '../clones/orders.ts'
import type { Context } from '../context.ts'
import { uuidOf } from '../identity.ts'
import { promptly } from '../priority.ts'
import { giveTo, manifestOf, writeManifest } from '../session-files.ts'
import type { Session, StepDone } from '../steps.ts'
import type { Template } from '../templates/template.ts'
import { clean } from './clean.ts'
import { createOverlay, machineOf } from './create-overlay.ts'
import { monitor } from './monitor.ts'

/**
 * Starts a session as a copy of a frozen machine: one that waits, or a new one. Its display is opened to nobody before
 * it has an identity of its own. When no copy can be had the session takes the cold way, from its overlay on.
 */
export async function restore(context: Context, session: Session, signal: AbortSignal): Promise<StepDone> {
  const { record, log } = session
  const { request } = record.state
  if (context.desktops.has(session.id)) return done(context)
  // A clone that an earlier try has taken can only be this session's; half of one is of no use to anybody.
  await clean(context, session)
  const template = request && context.templates.find(request)
  if (!template) return createOverlay(context, session, signal)
  try {
    const spans = await startFrom(context, session, template, signal)
    context.templates.proved(template, true)
    return done(context, spans)
  } catch (err) {
    signal.throwIfAborted()
    log.error({ err, template: template.name }, 'the warm start failed: starting cold')
    await clean(context, session)
    return createOverlay(context, session, signal)
  } finally {
    context.pool.fill()
  }
}

async function startFrom(
  context: Context,
  session: Session,
  template: Template,
  signal: AbortSignal,
): Promise<Clone['spans']> {
  const { record, files, log } = session
  const { account } = machineOf(context, session)
  const { accel } = await context.engine
  const waiting = context.pool.claim(template)
  const clone = waiting ?? (await cloneOf(context, template, signal))
  const span = stopwatch(waiting ? {} : clone.spans)
  try {
    const owner = ownerOrders(record.owner, account)
    if (waiting) {
      await Promise.all([promptly(context, waiting), goOn(waiting, owner, signal)])
      span('goOn')
    } else await identify(clone, owner, signal)
    clone.identity?.close()
    await giveTo(files, clone.files)
    await writeManifest(
      files,
      manifestOf(record, context.settings.host, uuidOf(clone.id), clone.process, { accel, start: 'warm' }),
    )
    await monitor(context, session, clone.qmp, clone, undefined)
    clone.viewer?.destroy()
    // Behind everything that its user waits for.
    if (!waiting) plugIn(clone).catch(err => log.warn({ err }, 'the desktop has no clipboard'))
    return span('give')
  } catch (thrown) {
    await destroyClone(context, clone)
    throw thrown
  }
}

/** The first thing that anybody sees of it is its whole desktop: it is ready at once. */
async function done({ engine }: Context, spans?: Clone['spans']): Promise<StepDone> {
  const { accel } = await engine
  return {
    order: 'advance',
    facts: [{ fact: 'booted', accel, start: 'warm', ...(spans && { spans }) }, { fact: 'ready' }],
  }
}
