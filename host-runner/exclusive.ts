type Running = { step: string; abort: AbortController; ended: Promise<unknown> }

/** One piece of work for a session at a time, in the order of asking; the running one can be aborted. */
export class Exclusive {
  readonly #running = new Map<string, Running>()

  async run<T>(session: string, step: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController()
    const before = this.#running.get(session)?.ended ?? Promise.resolve()
    const result = before.then(() => work(abort.signal))
    const mine: Running = { step, abort, ended: result.catch(() => {}) }
    this.#running.set(session, mine)
    try {
      return await result
    } finally {
      if (this.#running.get(session) === mine) this.#running.delete(session)
    }
  }

  /** Aborts the last work asked for, unless it is this step. */
  abortUnless(session: string, step: string, reason: Error): void {
    const running = this.#running.get(session)
    if (running && running.step !== step) running.abort.abort(reason)
  }

  isBusy(session: string): boolean {
    return this.#running.has(session)
  }
}
