import { setTimeout as sleep } from 'node:timers/promises'
import { toDartsError } from '../../config/errors.ts'
import type { Context } from '../context.ts'
import { buildAppliance } from './build-appliance.ts'
import { installPackages } from './install-packages.ts'
import { prepareMachines } from './machines.ts'
import { findEngine } from './probe-kvm.ts'
import { type Report, reporter } from './report.ts'

const AGAIN = 60_000

/** Makes the host ready, each step as soon as it can be; the page is up meanwhile. Each looks first what is there. */
export async function prepare(context: Context): Promise<void> {
  const { prepared, status } = context
  await untilDone(context, 'packages', 'Installing programs', report =>
    installPackages(report, signalOf(context)),
  )
  await untilDone(context, 'engine', 'Trying the virtual machine', async report => {
    const engine = await findEngine(context, report)
    status.engine(engine)
    prepared.engine(engine)
  })
  await Promise.all([
    untilDone(context, 'appliance', 'Preparing disk tools', async report =>
      prepared.appliance(await buildAppliance(context, report)),
    ),
    prepareMachines(context),
  ])
}

const signalOf = ({ stopping }: Context) => stopping.signal

/** Tries again every minute: a mirror or a disk may be back. */
export async function untilDone(
  context: Context,
  step: string,
  title: string,
  work: (report: Report) => Promise<void>,
): Promise<void> {
  const { log, status, stopping } = context
  const report = reporter(status, step, title)
  while (!stopping.signal.aborted) {
    try {
      await work(report)
      return report.done()
    } catch (thrown) {
      if (stopping.signal.aborted) return
      const error = toDartsError(thrown)
      log.error({ err: error, step }, 'preparing failed')
      report.failed(error.text)
    }
    await sleep(AGAIN, undefined, { signal: stopping.signal }).catch(() => {})
  }
}
