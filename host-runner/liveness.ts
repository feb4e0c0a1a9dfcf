import type { Qmp } from './qmp.ts'

/** Whether each QEMU still answers. Nothing tells that it does not, so it is asked. */
export class Liveness {
  readonly #answered = new WeakMap<Qmp, number>()
  readonly #asking = new WeakSet<Qmp>()
  readonly #warned = new WeakSet<Qmp>()

  /** Asks again, and tells how long there has been no answer, in milliseconds. */
  look(qmp: Qmp | undefined): { silent: number; warned: boolean } {
    if (!qmp) return { silent: 0, warned: false }
    const now = performance.now()
    const answered = this.#answered.get(qmp) ?? now
    this.#answered.set(qmp, answered)
    if (!this.#asking.has(qmp)) this.#ask(qmp)
    return { silent: now - answered, warned: this.#warned.has(qmp) }
  }

  setWarned(qmp: Qmp | undefined, warned: boolean): void {
    if (qmp && warned) this.#warned.add(qmp)
    else if (qmp) this.#warned.delete(qmp)
  }

  #ask(qmp: Qmp): void {
    this.#asking.add(qmp)
    qmp
      .execute('query-status')
      .then(
        () => this.#answered.set(qmp, performance.now()),
        () => {},
      )
      .finally(() => this.#asking.delete(qmp))
  }
}
