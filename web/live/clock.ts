let ahead = 0

/** The Date header of an answer: computers in laboratories do not all have the right time. */
export function hearServerTime(header: string | null) {
  const server = header ? Date.parse(header) : Number.NaN
  const difference = server - Date.now()
  // The header has whole seconds, so what is less is no difference.
  if (!Number.isNaN(difference)) ahead = Math.abs(difference) < 2000 ? 0 : difference
}

/** Now on the server's clock, in milliseconds. */
export const serverNow = () => Date.now() + ahead
