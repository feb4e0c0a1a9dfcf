import { readFile } from 'node:fs/promises'
import { toDartsError } from '../config/errors.ts'
import type { SessionRecord } from '../config/session/record.ts'
import type { Context } from './context.ts'
import { findQemu } from './find-qemu.ts'
import { adopt } from './handlers/boot.ts'
import { clean } from './handlers/clean.ts'
import { orderAfterDeath } from './handlers/monitor.ts'
import { observe } from './observe.ts'
import { persist } from './persist.ts'
import { type Correction, plan } from './plan.ts'
import { sessionFiles } from './session-files.ts'
import type { Session } from './steps.ts'
import { takeStep } from './take-step.ts'

/**
 * Makes the host as the records want it, at the start of a runner. What is here is looked at before the records are
 * read: a record is older than the first thing on the host, so what has none is an orphan.
 * Desktops are adopted when it returns; steps go on behind it.
 * @throws DartsError `bus-unavailable`, and then nothing was touched
 */
export async function reconcile(context: Context): Promise<void> {
  const observed = await observe(context.folders)
  const records = await context.store.list()
  const corrections = plan(context.settings.host, records, observed)
  const byId = new Map(records.map(record => [record.id, record]))
  await Promise.all(
    corrections.map(correction =>
      correct(context, correction, byId.get(correction.session)).catch(err =>
        context.log.error({ err, ...correction }, 'could not be mended'),
      ),
    ),
  )
  await Promise.all(records.map(context.store.tellLeft))
}

async function correct(
  context: Context,
  correction: Correction,
  record: SessionRecord | undefined,
): Promise<void> {
  const { session: id } = correction
  const log = context.log.child({ sessionId: id })
  log.info({ correction: correction.do }, 'reconciling')
  const files = sessionFiles(context.folders, id)
  switch (correction.do) {
    case 'adopt': {
      if (record && (await adoptRecord(context, { id, record, files, log }))) return
      return persist(context, id, { order: 'fail', code: 'qemu-died' })
    }
    case 'mourn':
      return persist(context, id, orderAfterDeath(await readFile(files.log, 'utf8').catch(() => '')))
    case 'step':
      // Not waited for: it may take minutes. What fails is tried again with its message.
      void takeStep(context, id, false).catch(thrown =>
        log.warn({ err: toDartsError(thrown) }, 'step failed'),
      )
      return
    case 'remove':
      await context.exclusive.run(id, 'clean', () => clean(context, { id, files }))
  }
}

async function adoptRecord(context: Context, session: Session): Promise<boolean> {
  const process = await findQemu(session.files)
  return process !== undefined && (await adopt(context, session, process, context.stopping.signal))
}
