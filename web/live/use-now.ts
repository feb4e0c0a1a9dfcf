import { useLayoutEffect, useState } from 'hono/jsx/dom'
import { serverNow } from './clock.ts'

/** The server's time in milliseconds, told again every `interval` milliseconds. */
export function useNow(interval: number): number {
  const [now, setNow] = useState(serverNow)
  useLayoutEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), interval)
    return () => clearInterval(timer)
  }, [interval])
  return now
}
