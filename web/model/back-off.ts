const FIRST = 250
const LONGEST = 5000

/**
 * Milliseconds to wait before try `attempt` (from 0): 250 ms, doubled up to 5 s.
 * `random` (0 to 1) takes up to a quarter off, so that many viewers do not come back in the same instant.
 */
export const backOff = (attempt: number, random = Math.random()) =>
  Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 10)) * (1 - random / 4)
