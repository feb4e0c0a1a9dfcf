import type { Desktop } from './desktop.ts'

const ASK_EVERY = 5000

/**
 * Asks a QEMU at once and every few seconds for its state (`running`, `io-error`), until the signal: nothing tells that
 * it does not answer any more.
 */
export function keepAsking(desktop: Desktop, onState: (state: string) => void, signal: AbortSignal): void {
  let asking = false
  const ask = async () => {
    if (asking) return
    asking = true
    try {
      const { status } = await desktop.qmp.execute<{ status: string }>('query-status')
      desktop.answered = performance.now()
      onState(status)
    } catch {
      // Its silence is seen by whoever looks.
    } finally {
      asking = false
    }
  }
  const timer = setInterval(ask, ASK_EVERY)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  void ask()
}

/** Milliseconds since its QEMU has answered. */
export const silenceOf = ({ answered }: Desktop) => performance.now() - answered
