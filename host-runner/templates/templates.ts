import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CatalogueEntry } from '../../config/catalogue.ts'
import { toDartsError } from '../../config/errors.ts'
import type { TemplateView } from '../../config/host-view.ts'
import type { Context } from '../context.ts'
import { reporter } from '../prepare/report.ts'
import { buildTemplate } from './build-template.ts'
import { templateDigest } from './digest.ts'
import { type Flavor, readTemplate, type Template, templateName } from './template.ts'

type Wanted = Flavor & { name: string; entry: CatalogueEntry; pool: number }

/** Its presence says that an administrator has removed a template, and wants none until it is asked for again. */
const removedMark = (folder: string, name: string) => join(folder, `${name}.removed`)

/** Clones that fail one after the other until their template is thought to be broken. */
const DISTRUSTED = 2

/** The frozen machines of this host: read at the start, built in the background, replaced when what they are made of changes. */
export class Templates {
  readonly #context: Context
  readonly #ready = new Map<string, Template>()
  readonly #failed = new Map<string, { digest: string; text: string }>()
  readonly #distrusted = new Set<string>()
  readonly #failures = new Map<string, number>()
  #building: string | undefined
  #work: Promise<void> = Promise.resolve()

  constructor(context: Context) {
    this.#context = context
  }

  /** The template of a flavor, if it is warm now. */
  find = (flavor: Flavor): Template | undefined => this.#ready.get(templateName(flavor))

  /** Those that are there, with the clones that shall wait of each. */
  waiting = () =>
    this.#wanted().flatMap(({ name, pool }) => {
      const template = this.#ready.get(name)
      return template ? [{ template, atLeast: pool }] : []
    })

  get isBusy() {
    return this.#building !== undefined
  }

  /** Settles when nothing is built any more; a build is aborted when the runner stops. */
  get ended() {
    return this.#work
  }

  /** Makes what there is what the catalogue wants: one build after the other, in the background. */
  refresh(): Promise<void> {
    this.#work = this.#work.then(() => this.#refresh())
    return this.#work
  }

  /** Builds it anew, even if it is there or was removed. */
  async build(name: string): Promise<void> {
    await rm(removedMark(this.#context.folders.templates, name), { force: true })
    this.#failed.delete(name)
    await this.#drop(name)
    await this.refresh()
  }

  async remove(name: string): Promise<void> {
    const { folders } = this.#context
    await writeFile(removedMark(folders.templates, name), '')
    await this.refresh()
  }

  /** Nothing that it is made of has changed since it was frozen: on another image its disk would be nonsense. */
  async isFresh({ name, digest }: Template): Promise<boolean> {
    const wanted = this.#wanted().find(one => one.name === name)
    const now = wanted && (await templateDigest(this.#context, wanted.entry, wanted).catch(() => undefined))
    return now === digest && this.#ready.get(name)?.digest === digest
  }

  /** Whether a clone of it could be started. One that fails again and again is built anew. */
  proved({ name, digest }: Template, worked: boolean): void {
    const failures = worked ? 0 : (this.#failures.get(digest) ?? 0) + 1
    this.#failures.set(digest, failures)
    if (failures < DISTRUSTED || this.#ready.get(name)?.digest !== digest) return
    this.#failures.delete(digest)
    this.#context.log.warn(
      { template: name },
      'the template is not used any more: no clone of it could be started',
    )
    this.#ready.delete(name)
    // Built anew once. One that is no better then is given up: its machine starts cold.
    if (this.#distrusted.has(digest))
      this.#failed.set(name, { digest, text: 'no copy of it could be started' })
    this.#distrusted.add(digest)
    this.tell()
    void rm(join(this.#context.folders.templates, name), { recursive: true, force: true }).then(() =>
      this.refresh(),
    )
  }

  /** Tells the others what is warm here. */
  tell(): void {
    const { status, pool } = this.#context
    status.templates(this.#wanted().map(wanted => this.#viewOf(wanted, pool.count(wanted.name))))
    pool.fill()
  }

  #viewOf({ name, machine, cpus, memory }: Wanted, pool: number): TemplateView {
    const ready = this.#ready.get(name)
    const text = this.#failed.get(name)?.text
    const state = ready ? 'ready' : this.#building === name || text === undefined ? 'building' : 'failed'
    const { builtAt, size } = ready ?? {}
    const made = ready ? { builtAt, size } : {}
    return {
      name,
      machine,
      cpus,
      memory,
      state,
      pool,
      ...made,
      ...(state === 'failed' && { text }),
    } as TemplateView
  }

  #wanted(): Wanted[] {
    const { catalogue, status, settings } = this.#context
    if (settings.warm === 'off') return []
    return [...catalogue.values()]
      .filter(entry => whyCold(entry) === undefined && status.isReady(entry.name))
      .flatMap(entry =>
        entry.warm.flavors.map(({ cpus, memory, pool }) => {
          const flavor = { machine: entry.name, cpus, memory }
          return { ...flavor, name: templateName(flavor), entry, pool }
        }),
      )
  }

  async #refresh(): Promise<void> {
    const { folders, stopping, log } = this.#context
    const there = await readdir(folders.templates)
    const wanted = this.#wanted().filter(({ name }) => !there.includes(`${name}.removed`))
    const names = new Set(wanted.map(({ name }) => name))
    for (const name of there) if (!names.has(name) && !name.endsWith('.removed')) await this.#drop(name)
    for (const one of wanted) {
      if (stopping.signal.aborted) return
      await this.#ensure(one).catch(err => log.error({ err, template: one.name }, 'template failed'))
    }
    this.tell()
  }

  async #ensure({ name, entry, pool: _, ...flavor }: Wanted): Promise<void> {
    const { folders } = this.#context
    const { machine, cpus, memory } = flavor
    const digest = await templateDigest(this.#context, entry, flavor)
    const known = this.#ready.get(name) ?? (await readTemplate(join(folders.templates, name)))
    if (known?.digest === digest) {
      this.#ready.set(name, known)
      return
    }
    this.#ready.delete(name)
    if (this.#failed.get(name)?.digest === digest) return
    await this.#build(name, entry, { machine, cpus, memory }, digest)
    const built = await readTemplate(join(folders.templates, name))
    if (built) this.#ready.set(name, built)
  }

  async #build(name: string, entry: CatalogueEntry, flavor: Flavor, digest: string): Promise<void> {
    const { status, stopping, folders, log } = this.#context
    const report = reporter(status, `template-${name}`, `Warming up ${entry.title}`)
    this.#building = name
    this.tell()
    const started = performance.now()
    try {
      await buildTemplate(this.#context, entry, flavor, digest, report, stopping.signal)
      this.#failed.delete(name)
      report.done()
      log.info({ template: name, ms: Math.round(performance.now() - started) }, 'template built')
    } catch (thrown) {
      if (stopping.signal.aborted) return
      const { message } = toDartsError(thrown)
      log.error({ err: thrown, template: name }, 'template could not be built')
      this.#failed.set(name, { digest, text: message })
      // What it was made of is no more: sessions start cold.
      this.#ready.delete(name)
      await rm(join(folders.templates, name), { recursive: true, force: true })
      report.failed(`${entry.title} starts cold: ${message}`)
    } finally {
      this.#building = undefined
    }
  }

  async #drop(name: string): Promise<void> {
    this.#ready.delete(name)
    await rm(join(this.#context.folders.templates, name), { recursive: true, force: true })
  }
}

/** Why a machine that asks for it is never started warm; undefined: it can be. */
export function whyCold({ warm, ready, customize, customizeOffline }: CatalogueEntry): string | undefined {
  if (warm.flavors.length === 0) return 'it names no warm flavors'
  if (customize !== undefined && customizeOffline) return 'its script works in a stopped disk only'
  if (warm.twins) return customize === undefined ? undefined : 'its script needs an agent'
  return ready.includes('agent') ? undefined : 'its guest has no agent, and twins are not allowed'
}
