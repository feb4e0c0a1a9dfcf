const LOOK_EVERY = 5000
/** Milliseconds: less is how a clock is disciplined, and what a busy machine makes late. */
const JUMP = 2000

/** Is called when the clock was set, or the machine slept: nothing tells a program of it, so it is looked at. */
export function onClockJump(listener: () => void, signal: AbortSignal): void {
  const offset = () => Date.now() - performance.now()
  let before = offset()
  const timer = setInterval(() => {
    const now = offset()
    if (Math.abs(now - before) < JUMP) return
    before = now
    listener()
  }, LOOK_EVERY)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}
