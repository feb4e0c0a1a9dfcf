import { freemem } from 'node:os'
import type { Log } from '../../config/log.ts'
import type { Template } from '../templates/template.ts'
import type { Clone } from './clone.ts'

const LOOK_EVERY = 5000
/** What was asked for in this time, in milliseconds, may be asked for again. */
const DEMAND = 300_000
const AFTER_FAILURE = 10_000
/** MiB that a new clone may need: it must not be given back at once. */
const MARGIN = 256
const MIB = 2 ** 20

export type PoolOptions = {
  /** Clones that wait at most, of all templates together. */
  max: number
  /** MiB that must stay free. */
  reserve: number
  /** Templates with the clones that shall wait of each at least. */
  wanted: () => { template: Template; atLeast: number }[]
  make: (template: Template) => Promise<Clone>
  destroy: (clone: Clone) => Promise<void>
  changed: () => void
  log: Log
}

/**
 * Clones that wait, stopped, for a session. As many as the machine's settings say, or as were claimed lately; none when
 * the server needs its memory. They are made one after the other.
 */
export class Pool {
  readonly #options: PoolOptions
  readonly #waiting = new Map<string, Clone[]>()
  readonly #claims = new Map<string, number[]>()
  readonly #timer: NodeJS.Timeout
  #filling: Promise<void> | undefined
  #pausedUntil = 0
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
    // Memory is told by nobody: it is looked at.
    this.#timer = setInterval(() => this.fill(), LOOK_EVERY)
  }

  /** A waiting clone, which is the caller's alone from now on; undefined when there is none. */
  claim({ name, digest }: Template): Clone | undefined {
    this.#claims.set(name, [...this.#recent(name), performance.now()])
    const waiting = this.#waiting.get(name) ?? []
    const at = waiting.findIndex(clone => clone.template.digest === digest)
    const [clone] = at < 0 ? [] : waiting.splice(at, 1)
    if (clone) this.#options.changed()
    return clone
  }

  count = (name: string) => this.#waiting.get(name)?.length ?? 0

  /** Makes what is missing and gives back what is too much, soon. */
  fill(): void {
    if (this.#closed) return
    this.#filling ??= this.#level()
      .catch(err => {
        this.#pausedUntil = performance.now() + AFTER_FAILURE
        this.#options.log.warn({ err }, 'no clone can be made for a while')
      })
      .finally(() => {
        this.#filling = undefined
      })
  }

  /** Ends every clone that waits. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#filling
    await Promise.all([...this.#waiting.values()].flat().map(this.#options.destroy))
    this.#waiting.clear()
  }

  async #level(): Promise<void> {
    for (;;) {
      const surplus = this.#surplus()
      if (surplus) await this.#options.destroy(surplus)
      const template = surplus ? undefined : this.#missing()
      if (template) this.#add(await this.#options.make(template))
      if (!surplus && !template) return
      this.#options.changed()
    }
  }

  /** One that waits though nothing wants it, taken out of the line. */
  #surplus(): Clone | undefined {
    const targets = new Map(
      this.#targets().map(({ template, count }) => [template.name, { template, count }]),
    )
    const room = hasRoom(this.#options.reserve)
    for (const [name, waiting] of this.#waiting) {
      const target = targets.get(name)
      const old = waiting.findIndex(clone => clone.template.digest !== target?.template.digest)
      if (old >= 0) return waiting.splice(old, 1)[0]
      if (!room || waiting.length > (target?.count ?? 0)) return waiting.pop()
    }
    return undefined
  }

  #missing(): Template | undefined {
    if (this.#closed || performance.now() < this.#pausedUntil || !hasRoom(this.#options.reserve + MARGIN))
      return undefined
    return this.#targets().find(({ template, count }) => this.count(template.name) < count)?.template
  }

  #targets() {
    let left = this.#options.max
    return this.#options.wanted().map(({ template, atLeast }) => {
      const count = Math.min(left, Math.max(atLeast, this.#recent(template.name).length))
      left -= count
      return { template, count }
    })
  }

  #recent = (name: string) => (this.#claims.get(name) ?? []).filter(time => time > performance.now() - DEMAND)

  #add(clone: Clone) {
    const waiting = this.#waiting.get(clone.template.name) ?? []
    this.#waiting.set(clone.template.name, [...waiting, clone])
    clone.qmp.closed.then(() => this.#lose(clone))
  }

  /** One that died while it waited. One that was claimed is in no line any more. */
  #lose(clone: Clone) {
    const waiting = this.#waiting.get(clone.template.name) ?? []
    const at = waiting.indexOf(clone)
    if (at < 0 || this.#closed) return
    waiting.splice(at, 1)
    this.#options.log.warn({ clone: clone.id }, 'a waiting clone has died')
    void this.#options.destroy(clone).finally(() => this.fill())
  }
}

/** `freemem` is what the kernel calls available: what it would give without swapping. */
const hasRoom = (reserve: number) => freemem() / MIB > reserve
