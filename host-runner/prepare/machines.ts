import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CatalogueEntry } from '../../config/catalogue.ts'
import type { Context } from '../context.ts'
import { imageOf } from '../handlers/create-overlay.ts'
import { buildMachine, isBuilt } from './build-machine.ts'
import { untilDone } from './prepare.ts'

const LOOK_EVERY = 15_000

/** Builds what has a recipe, one after the other, and tells of each machine whether it can be started here. */
export async function prepareMachines(context: Context): Promise<void> {
  const machines = [...context.catalogue.values()]
  await look(context, machines)
  void context.templates.refresh()
  await Promise.all([build(context, machines), keepLooking(context, machines)])
}

async function build(context: Context, machines: CatalogueEntry[]): Promise<void> {
  for (const machine of machines) {
    if (machine.image.recipe === undefined || (await isBuilt(context, machine))) continue
    const { name, title } = machine
    await untilDone(context, `machine-${name}`, `Building ${title}`, async report => {
      context.status.machine(name, { state: 'preparing', percent: 0, text: 'Waiting' })
      await buildMachine(context, machine, (percent, text) => {
        report.running(percent, text)
        context.status.machine(name, { state: 'preparing', percent: Math.round(percent), text })
      })
      await tell(context, machine)
    })
    void context.templates.refresh()
  }
}

/** Images may come and go on a file system of other servers, which tells nothing: so they are looked for. */
async function keepLooking(context: Context, machines: CatalogueEntry[]): Promise<void> {
  const { signal } = context.stopping
  for (;;) {
    await sleep(LOOK_EVERY, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    await look(context, machines)
    // Behind a build that goes on it would only wait in line.
    if (!context.templates.isBusy) void context.templates.refresh()
  }
}

const look = (context: Context, machines: CatalogueEntry[]) =>
  Promise.all(machines.map(machine => tell(context, machine)))

async function tell(context: Context, machine: CatalogueEntry): Promise<void> {
  const { folders, status, log } = context
  const { name, image } = machine
  const there = await stat(join(folders.images, name, image.disk)).catch(() => undefined)
  if (!there) {
    if (image.recipe === undefined) status.machine(name, { state: 'missing' })
    return
  }
  // Off the click path: what is found is remembered.
  const wrong = await imageOf(context, machine).then(
    () => undefined,
    (error: Error) => error,
  )
  if (wrong) log.warn({ err: wrong, machine: name }, 'image cannot be used')
  status.machine(name, wrong ? { state: 'missing', text: wrong.message } : { state: 'ready' })
}
