import { styleText } from 'node:util'
import type { Envelope } from '../../config/contract/envelope.ts'
import { readSubject } from '../../config/contract/subjects.ts'
import { plain } from './plain.ts'

const COLOURS = {
  ready: 'green',
  booted: 'green',
  ended: 'gray',
  ending: 'gray',
  failed: 'red',
  buried: 'red',
  warned: 'yellow',
  troubled: 'yellow',
  progressed: 'dim',
} as const

/** One event as one line: time, owner, session, what happened, its facts. */
export function formatEvent(subject: string, { time = '', data }: Envelope): string {
  const { who, session, what } = readSubject(subject)
  const colour = COLOURS[what as keyof typeof COLOURS] ?? 'cyan'
  const facts = Object.entries(data).map(
    ([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
  )
  const when = time.replace('T', ' ').replace('Z', '')
  const line = [who, session, styleText(colour, what.padEnd(10)), plain(facts.join(' '))]
  return [styleText('dim', when), ...line].join('  ')
}
