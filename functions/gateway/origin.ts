import type { IncomingHttpHeaders } from 'node:http'

/**
 * A browser's page may open displays only from the site itself: host and port of its Origin are those that it
 * speaks to. Programs send no Origin; a ticket is asked of them all the same.
 */
export function isOurs({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true
  const url = URL.parse(origin)
  return url !== null && /^https?:$/.test(url.protocol) && url.host === host
}
