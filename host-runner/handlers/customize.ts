import { access, chmod, chown, copyFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DartsError } from '../../config/errors.ts'
import { guestfsEnvironment, virtCustomize } from '../commands/virt-customize.ts'
import type { Context } from '../context.ts'
import { unlessAborted } from '../promises.ts'
import { lastLines, run } from '../run.ts'
import { makeFolder } from '../session-files.ts'
import type { Session, StepDone } from '../steps.ts'
import { imageOf, machineOf, makeDisk } from './create-overlay.ts'
import { progressOf, teller } from './customize-progress.ts'

const LIMIT = 900

/** Runs the machine's own script inside the session's stopped disk, as a user that owns nothing else. */
export async function customize(context: Context, session: Session, signal: AbortSignal): Promise<StepDone> {
  const { files } = session
  const machine = machineOf(context, session)
  if (!machine.customize) return done(true)
  if (await exists(files.customized)) return done(false)
  const { uid } = await stat(files.overlay)
  // The disk was already given away: a crash has left it half done, so begin with a new one.
  if (uid !== context.users.vm.uid)
    await makeDisk(context, session, machine, await imageOf(context, machine), signal)
  // The machine's folder may lie where only root can read.
  await copyFile(join(machine.folder, machine.customize), files.script)
  await chmod(files.script, 0o755)
  await give(files.overlay, context.users.images)
  await runScript(context, session, signal)
  await give(files.overlay, context.users.vm)
  await writeFile(files.customized, '', { mode: 0o600 })
  return done(false)
}

async function runScript(context: Context, { id, record, files, log }: Session, signal: AbortSignal) {
  const { users, store } = context
  const { accel } = await unlessAborted(context.engine, signal)
  const appliance = await unlessAborted(context.appliance, signal)
  const tell = teller((percent, text) =>
    store
      .tell(record, { fact: 'progressed', step: 'customize', percent, text })
      .catch(err => log.warn({ err, session: id }, 'progress was not told')),
  )
  const written: string[] = []
  // Its sockets, whose paths are limited, and its temporary files.
  await makeFolder(files.control, users.images, 0o700)
  try {
    await run(virtCustomize(files.overlay, files.script), {
      user: users.images,
      env: guestfsEnvironment(appliance, files.control, accel),
      timeout: LIMIT,
      signal,
      failure: 'customize-failed',
      onLine: line => {
        written.push(line)
        if (written.length > 100) written.shift()
        const progress = progressOf(line, files.script)
        if (progress) tell(progress.percent, progress.text)
      },
    })
    log.debug({ script: lastLines(written.join('\n')) }, 'customized')
  } catch (thrown) {
    // Once more would end the same way.
    if (thrown instanceof DartsError && thrown.code === 'timed-out')
      throw new DartsError('customize-failed', thrown.message, { cause: thrown })
    throw thrown
  } finally {
    await rm(files.control, { recursive: true, force: true })
  }
}

const done = (skipped: boolean): StepDone => ({ order: 'advance', facts: [{ fact: 'customized', skipped }] })
const give = (path: string, { uid, gid }: { uid: number; gid: number }) => chown(path, uid, gid)
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
