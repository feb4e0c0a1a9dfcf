import { words } from '../words.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type Style = 'long' | 'short' | 'narrow'
type Unit = 'day' | 'hour' | 'minute' | 'second' | 'gigabyte' | 'megabyte'

const amount = (value: number, unit: Unit, display: Style) =>
  new Intl.NumberFormat(words.locale, {
    style: 'unit',
    unit,
    unitDisplay: display,
    maximumFractionDigits: 1,
  }).format(value)

/** A life-time to choose, of seconds: `12 hours`, `2 days`, `90 minutes`. */
export function lifetime(seconds: number): string {
  if (seconds % DAY === 0) return amount(seconds / DAY, 'day', 'long')
  if (seconds % HOUR === 0) return amount(seconds / HOUR, 'hour', 'long')
  return amount(Math.round(seconds / MINUTE), 'minute', 'long')
}

/** Memory of MiB as people buy it: `2 GB`, `1.5 GB`, `512 MB`. */
export const memory = (mib: number) =>
  mib < 1024 ? amount(mib, 'megabyte', 'short') : amount(mib / 1024, 'gigabyte', 'short')

/** The two largest parts of a time in milliseconds, seconds only in the last two minutes: `11h 42m`, `11 hours 42 minutes`. */
export function span(milliseconds: number, style: Style = 'narrow'): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const two = (big: number, bigUnit: Unit, small: number, smallUnit: Unit) => {
    const rest = Math.floor((seconds % big) / small)
    const first = amount(Math.floor(seconds / big), bigUnit, style)
    return rest === 0 ? first : `${first} ${amount(rest, smallUnit, style)}`
  }
  if (seconds < MINUTE) return amount(seconds, 'second', style)
  if (seconds < 2 * MINUTE) return two(MINUTE, 'minute', 1, 'second')
  if (seconds >= DAY) return two(DAY, 'day', HOUR, 'hour')
  if (seconds >= HOUR) return two(HOUR, 'hour', MINUTE, 'minute')
  return amount(Math.floor(seconds / MINUTE), 'minute', style)
}

/** A short time in milliseconds, with its tenths below ten seconds: `0.3 seconds`, `62 seconds`. */
export const seconds = (milliseconds: number) =>
  amount(
    milliseconds < 10_000 ? Math.round(milliseconds / 100) / 10 : Math.round(milliseconds / 1000),
    'second',
    'long',
  )

/** How long a step has taken so far: `0:07`, `1:12`. */
export function stopwatch(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** A moment in the past, as far as it matters: `just now`, `5 minutes ago`, `today at 09:12`, `3 Nov, 09:12`. */
export function moment(iso: string, now: number): string {
  const then = new Date(iso)
  const seconds = (now - then.getTime()) / 1000
  if (seconds < MINUTE) return words.time.justNow
  if (seconds < HOUR)
    return new Intl.RelativeTimeFormat(words.locale).format(-Math.floor(seconds / MINUTE), 'minute')
  const clock = { hour: '2-digit', minute: '2-digit' } as const
  if (then.toDateString() === new Date(now).toDateString())
    return words.time.today(new Intl.DateTimeFormat(words.locale, clock).format(then))
  return new Intl.DateTimeFormat(words.locale, { day: 'numeric', month: 'short', ...clock }).format(then)
}
