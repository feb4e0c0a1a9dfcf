import type { Bus } from '../config/bus/connect.ts'
import { publish } from '../config/bus/publish.ts'
import { envelope } from '../config/contract/envelope.ts'
import { type Accel, HOST_PROGRESSED, type HostProgress } from '../config/contract/facts.ts'
import { subjects } from '../config/contract/subjects.ts'
import { type HostView, type TemplateView, TOLD_EVERY } from '../config/host-view.ts'
import type { Log } from '../config/log.ts'
import type { Settings } from '../config/settings.ts'
import { Coalesced } from './coalesced.ts'

const EVERY = 250

export type MachineStatus = HostView['machines'][string]

/**
 * What the others hear of this host: its view in the bucket `hosts`, also when nothing has changed, so that they know
 * that it lives; and each step of its preparation as events.
 */
export class HostStatus {
  readonly #bus: Bus
  readonly #source: string
  readonly #log: Log
  readonly #view: Omit<HostView, 'seenAt'>
  readonly #write: Coalesced
  readonly #steps = new Map<string, { last: HostProgress; tell: Coalesced }>()

  constructor(bus: Bus, settings: Settings, source: string, log: Log) {
    this.#bus = bus
    this.#source = source
    this.#log = log
    this.#view = {
      host: settings.host,
      cpus: settings.cpusMax,
      memory: Math.max(0, settings.memoryMax - settings.memoryReserve),
      sessionsMax: settings.sessionsMax,
      templates: [],
      machines: {},
    }
    this.#write = new Coalesced(EVERY, () => this.#put())
    setInterval(() => this.#write.ask(), TOLD_EVERY).unref()
  }

  engine({ accel, version }: { accel: Accel; version: string }): void {
    this.#view.accel = accel
    this.#view.qemu = version
    this.#write.ask()
  }

  machine(name: string, status: MachineStatus): void {
    if (JSON.stringify(this.#view.machines[name]) === JSON.stringify(status)) return
    this.#view.machines[name] = status
    this.#write.ask()
  }

  isReady = (machine: string) => this.#view.machines[machine]?.state === 'ready'

  templates(all: TemplateView[]): void {
    if (JSON.stringify(this.#view.templates) === JSON.stringify(all)) return
    this.#view.templates = all
    this.#write.ask()
  }

  progress(progress: HostProgress): void {
    const known = this.#steps.get(progress.step)
    if (progress.state !== 'running' || known?.last.state !== progress.state)
      this.#log.info({ ...progress }, 'preparing')
    const tell = known?.tell ?? new Coalesced(EVERY, () => this.#tell(progress.step))
    this.#steps.set(progress.step, { last: progress, tell })
    tell.ask()
  }

  /** What was asked for is told when it returns. */
  async flush(): Promise<void> {
    const all = [this.#write, ...[...this.#steps.values()].map(step => step.tell)]
    await Promise.all(all.map(one => one.flush()))
  }

  async #put() {
    const view: HostView = { ...this.#view, seenAt: new Date().toISOString() }
    const text = JSON.stringify(view)
    await this.#quietly(async () => void (await (await this.#bus.bucket('hosts')).put(this.#view.host, text)))
  }

  async #tell(step: string) {
    const progress = this.#steps.get(step)?.last
    const message = envelope(HOST_PROGRESSED, this.#source, { ...progress }, { subject: this.#view.host })
    await this.#quietly(() => publish(this.#bus, subjects.hostStep(this.#view.host, step), message))
  }

  /** The bus may be away: the next change tells it again. */
  #quietly = (work: () => Promise<void>) =>
    work().catch(err => this.#log.warn({ err }, 'the state of the host was not told'))
}
