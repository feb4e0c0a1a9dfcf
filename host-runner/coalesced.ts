/** Does something soon after it was asked for, at most once in so many milliseconds, and always after the last asking. */
export class Coalesced {
  readonly #every: number
  readonly #work: () => Promise<void>
  #timer: NodeJS.Timeout | undefined
  #last = Number.NEGATIVE_INFINITY
  #running: Promise<void> = Promise.resolve()

  constructor(every: number, work: () => Promise<void>) {
    this.#every = every
    this.#work = work
  }

  ask(): void {
    this.#timer ??= setTimeout(() => this.#start(), Math.max(0, this.#last + this.#every - performance.now()))
  }

  async flush(): Promise<void> {
    if (this.#timer) this.#start()
    await this.#running
  }

  #start() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#last = performance.now()
    this.#running = this.#running.then(this.#work)
  }
}
