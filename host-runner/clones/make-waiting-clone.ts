import { setTimeout as sleep } from 'node:timers/promises'
import { DartsError } from '../../config/errors.ts'
import type { Context } from '../context.ts'
import type { Qmp } from '../qmp.ts'
import { settle } from '../templates/settle.ts'
import type { Template } from '../templates/template.ts'
import { type Clone, destroyClone, identify, plugIn, startClone } from './clone.ts'
import { ownerOrders } from './orders.ts'
import { wakeDisplay } from './wake-display.ts'

/** Whose a clone is while it waits. An account that has been renamed once is renamed again in less time. */
const NOBODY = 'nobody-yet'
const CLIPBOARD_WITHIN = 20_000
const BRIEFLY = { window: 500, calmWindows: 2, atMost: 15_000 }

/** A clone for the pool: one of its own already, stopped, and nobody's. */
export async function makeWaitingClone(context: Context, template: Template): Promise<Clone> {
  const { signal } = context.stopping
  // Whoever has clicked a moment ago waits for a first frame: this waits for them.
  const clone = await cloneOf(context, template, signal, true)
  const { machine } = clone
  // Text that is sent to a desktop before its clipboard's agent is there is lost: who claims the clone finds it there.
  const clipboard = machine.clipboard ? clipboardOpened(clone.qmp, signal) : undefined
  try {
    await identify(clone, [...ownerOrders(NOBODY, machine.account), ['renamed']], signal)
    // What it has to catch up with after its freeze, it does now: who claims it waits for none of it.
    await plugIn(clone)
    await clipboard
    await settle(clone.process.pid, signal, BRIEFLY)
    clone.viewer = await wakeDisplay(clone.files.vnc)
    await clone.qmp.execute('stop')
    context.templates.proved(template, true)
    return clone
  } catch (thrown) {
    await destroyClone(context, clone)
    if (!signal.aborted) context.templates.proved(template, false)
    throw thrown
  }
}

/** Settles when the guest uses the clipboard's port, or has had its time: it may have no agent for it. */
function clipboardOpened(qmp: Qmp, signal: AbortSignal): Promise<unknown> {
  const opened = new Promise<void>(resolve =>
    qmp.on('VSERPORT_CHANGE', ({ id, open }) => {
      if (open && id === 'port-clipboard') resolve()
    }),
  )
  return Promise.race([opened, sleep(CLIPBOARD_WITHIN, undefined, { signal }).catch(() => {})])
}

/** @throws DartsError `boot-failed` when it cannot be started, or is not what its machine is now */
export async function cloneOf(
  context: Context,
  template: Template,
  signal: AbortSignal,
  patient = false,
): Promise<Clone> {
  const machine = context.catalogue.get(template.machine)
  if (!machine || !(await context.templates.isFresh(template)))
    throw new DartsError('boot-failed', `${template.name} is not what its machine is now`)
  try {
    return await startClone(context, template, machine, signal, patient)
  } catch (thrown) {
    if (!signal.aborted) context.templates.proved(template, false)
    throw thrown
  }
}
