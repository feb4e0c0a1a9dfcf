import { DartsError, toDartsError } from '../config/errors.ts'
import { sessionLog } from '../config/log.ts'
import type { SessionRecord } from '../config/session/record.ts'
import { isOver } from '../config/session/state.ts'
import { causeOfDeath } from './cause-of-death.ts'
import type { Context } from './context.ts'
import { adopt } from './handlers/boot.ts'
import { clean } from './handlers/clean.ts'
import { observe } from './observe.ts'
import { persist } from './persist.ts'
import { type Correction, plan } from './plan.ts'
import { killProcess } from './processes.ts'
import { readManifest, sessionFiles } from './session-files.ts'
import { takeStep } from './take-step.ts'

/**
 * Makes the host as the records want it. `first`: at the start of a runner, and after the bus was away; everything that
 * waits is done then, else only what `isStuck`. Desktops are adopted when it returns; steps go on behind it.
 */
export async function reconcile(
  context: Context,
  records: SessionRecord[],
  isStuck: (record: SessionRecord) => boolean,
  first: boolean,
): Promise<void> {
  const { sessions, strays, groups } = await observe(context)
  const { host } = context.settings
  // What was heard of it before a later version wrote it over says nothing about it any more.
  const isReadable = (id: string) => !context.store.isUnreadable(id)
  const corrections = plan(
    host,
    records.filter(({ id }) => isReadable(id)),
    sessions.filter(({ session }) => isReadable(session)),
    record => first || isStuck(record),
  )
  const byId = new Map(records.map(record => [record.id, record]))
  await Promise.all([
    ...corrections.map(correction =>
      correct(context, correction, byId.get(correction.session)).catch(err =>
        context.log.error({ err, ...correction }, 'could not be mended'),
      ),
    ),
    ...strays.map(process => {
      context.log.warn({ ...process }, 'a QEMU that is nobody’s is ended')
      return killProcess(process)
    }),
    ...groups.map(uuid =>
      context.limiter
        .remove(uuid)
        .catch(err => context.log.error({ err, uuid }, 'a group could not be removed')),
    ),
  ])
  if (first) await tellLeft(context, records)
}

/** Those of another host are its own matter, while there is one. */
async function tellLeft({ store, settings, log }: Context, records: SessionRecord[]): Promise<void> {
  const ours = records.filter(({ state }) => !('host' in state) || state.host === settings.host)
  for (const record of ours)
    await store.tellLeft(record).catch(err => log.warn({ err, sessionId: record.id }, 'not published yet'))
}

async function correct(
  context: Context,
  correction: Correction,
  record: SessionRecord | undefined,
): Promise<void> {
  const { session: id } = correction
  const { store, exclusive, desktops } = context
  const log = sessionLog(context.log, record ?? { id })
  log.info({ correction: correction.do }, 'reconciling')
  const files = sessionFiles(context.folders, id)
  switch (correction.do) {
    case 'adopt':
      return exclusive.run(id, 'adopt', async signal => {
        if (!record || desktops.has(id)) return
        const session = { id, record, files, log }
        if (await adopt(context, session, correction.process, signal)) return
        return persist(context, id, { order: 'fail', code: 'qemu-died' })
      })
    case 'mourn':
      return persist(context, id, (await causeOfDeath(context, files)).order)
    case 'step':
      // Not waited for: it may take minutes. What fails is tried again with its message.
      void takeStep(context, id, false).catch(thrown =>
        log.warn({ err: toDartsError(thrown) }, 'step failed'),
      )
      return
    case 'warn':
    case 'recover': {
      const isWarned = correction.do === 'warn'
      const desktop = desktops.get(id)
      if (desktop) desktop.isWarned = isWarned
      const notice = isWarned
        ? ({ fact: 'troubled', trouble: 'silent' } as const)
        : ({ fact: 'recovered' } as const)
      return record && store.tell(record, notice)
    }
    case 'give-up':
      return persist(context, id, { order: 'fail', code: 'qemu-silent' })
    case 'rebuild':
      return rebuild(context, id)
    case 'kill':
      return killProcess(correction.process)
    case 'remove':
      return exclusive.run(id, 'clean', async () => {
        // What was heard of the records may be older than what was seen here. One of another version throws.
        const now = await store.get(id)
        if (!now || isOver(now.state)) await clean(context, { id, files })
      })
  }
}

/** What was found beside its disk becomes its record again. Whether it still runs is the next look's matter. */
async function rebuild({ store, folders, settings, log }: Context, id: string): Promise<void> {
  const session = (await readManifest(sessionFiles(folders, id)))?.session
  if (!session) throw new DartsError('internal', `${id} has no manifest`)
  const { request, running } = session
  const { host } = settings
  await store.change(id, { order: 'rebuild', request, host, ...(running && { running }) }, session)
  log.warn({ sessionId: id }, 'the bus had lost this session: its record was rebuilt')
}
