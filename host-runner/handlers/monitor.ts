import { sessionLog } from '../../config/log.ts'
import type { Machine } from '../../config/machine.ts'
import type { Order } from '../../config/session/decide.ts'
import { boundLog } from '../bound-log.ts'
import { causeOfDeath } from '../cause-of-death.ts'
import type { Context } from '../context.ts'
import type { Desktop } from '../desktop.ts'
import { guardRoom } from '../guard-room.ts'
import { keepAsking } from '../liveness.ts'
import { persist } from '../persist.ts'
import type { ProcessId } from '../processes.ts'
import type { Qmp } from '../qmp.ts'
import { watchReadiness } from '../readiness.ts'
import { lastLines } from '../run.ts'
import type { Session } from '../steps.ts'
import { nameOwner } from './name-owner.ts'

/*
 *   QMP event or end of QEMU            what becomes of the session
 *   ──────────────────────────          ─────────────────────────────────────────
 *   readiness probes passed             ready
 *   SHUTDOWN by the guest               ended, powered-off
 *   GUEST_PANICKED                      failed, guest-panicked
 *   BLOCK_IO_ERROR, no room             paused until there is room
 *   connection closed, process gone     failed, out-of-memory or qemu-died
 *   RESET by the guest                  nothing: it starts again in the same session
 */

/**
 * Follows a running QEMU until it ends or is released. Its one control connection is held here. With probes its session
 * becomes ready when they have passed; without, it is so already.
 */
export async function monitor(
  context: Context,
  session: Session,
  qmp: Qmp,
  qemu: { process: ProcessId; ended?: Promise<string> },
  probes: Machine['ready'] | undefined,
): Promise<void> {
  const { id, files, record } = session
  const log = sessionLog(context.log, record)
  const over = new AbortController()
  const release = () => over.abort()
  const desktop: Desktop = {
    qmp,
    process: qemu.process,
    isReady: probes === undefined,
    answered: performance.now(),
    isWarned: false,
    release,
  }
  context.desktops.set(id, desktop)
  const waitForRoom = () => guardRoom(context, { ...session, log }, qmp, over.signal)

  /** The first that happens decides; what follows from it is no news. */
  const tell = (order: Order) => {
    if (over.signal.aborted) return
    release()
    log.info({ order }, 'the desktop has ended')
    void persist(context, id, order)
  }
  qmp.on('SHUTDOWN', ({ guest, reason }) => {
    log.info({ guest, reason }, 'shutdown')
    if (guest) tell({ order: 'end', reason: 'powered-off' })
  })
  qmp.on('GUEST_PANICKED', async () => {
    log.warn({ console: await lastConsoleLines(qmp) }, 'guest panicked')
    tell({ order: 'fail', code: 'guest-panicked' })
  })
  qmp.on('BLOCK_IO_ERROR', error => {
    log.warn({ ...error }, 'I/O error')
    if (error.nospace) void waitForRoom()
  })
  qmp.closed.then(async () => {
    if (over.signal.aborted) return
    const how = await howItEnded(qemu.ended)
    const { order, wrote } = await causeOfDeath(context, files)
    log.warn({ how, wrote: lastLines(wrote, 5) }, 'QEMU is gone')
    tell(order)
  })
  boundLog(files.log, log, over.signal)
  over.signal.addEventListener('abort', () => log.debug('released'), { once: true })
  // One that is taken over may have been paused before: its event was told to an earlier runner.
  keepAsking(desktop, state => void (state === 'io-error' && waitForRoom()), over.signal)

  const becomeReady = async (wanted: Machine['ready']) => {
    await watchReadiness(qmp, files, wanted, over.signal, log)
    await nameOwner(context, session, over.signal)
    desktop.isReady = true
    // Behind the boot step: a machine without probes is ready before its session is known to be booted.
    await context.exclusive.run(id, 'ready', () =>
      persist(context, id, { order: 'advance', facts: [{ fact: 'ready' }] }),
    )
  }
  if (probes)
    becomeReady(probes).catch(err => over.signal.aborted || log.warn({ err }, 'readiness is not known'))
  log.info({ pid: qemu.process.pid }, 'monitored')
}

/** Only our own child has an exit code, and it is known a moment after its connection was closed. */
const howItEnded = (ended: Promise<string> | undefined) =>
  Promise.race([
    ended ?? 'its control connection was closed',
    new Promise<string>(resolve => setTimeout(resolve, 500, 'its control connection was closed')),
  ])

async function lastConsoleLines(qmp: Qmp): Promise<string> {
  const text = await qmp.execute<string>('ringbuf-read', { device: 'console', size: 65536 }).catch(() => '')
  return lastLines(text)
}
