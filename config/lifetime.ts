import { DartsError } from './errors.ts'

const UNITS = { s: 1, m: 60, h: 3600, d: 86400 } as const

/**
 * A life-time as a user writes it, in seconds: `90m`, `12h`, `2d`, or a number of seconds.
 * @throws DartsError `settings-wrong`
 */
export function lifetimeSeconds(text: string | number): number {
  if (typeof text === 'number') return text
  const match = /^([1-9][0-9]{0,6})([smhd]?)$/.exec(text)
  if (!match)
    throw new DartsError('settings-wrong', `life-time ${JSON.stringify(text)}: write it as 90m, 12h or 2d`)
  return Number(match[1]) * UNITS[(match[2] || 's') as keyof typeof UNITS]
}
