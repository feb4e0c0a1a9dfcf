/**
 * At most one run in `interval` milliseconds and one at a time, the first at once and always one after
 * the last call: many events, few requests.
 */
export function coalesce(interval: number, run: () => Promise<void>): () => void {
  let busy = false
  let again = false

  return function call() {
    if (busy) {
      again = true
      return
    }
    busy = true
    const pause = new Promise(resolve => setTimeout(resolve, interval))
    void Promise.all([run(), pause]).finally(() => {
      busy = false
      if (!again) return
      again = false
      call()
    })
  }
}
