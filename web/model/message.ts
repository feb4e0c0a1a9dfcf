import type { Fact, HostProgress, Notice } from '../../config/contract/facts.ts'

/** One message of an event stream: something that happened to a session, or to the set-up of a host. */
export type Message =
  | { about: 'session'; session: string; time: number; fact: Fact | Notice }
  | { about: 'host'; host: string; progress: HostProgress }

type Envelope = { type: string; source: string; subject?: string; time?: string; data?: object }

/** A CloudEvents envelope as JSON; undefined for what a page has no use for, also of versions yet to come. */
export function readMessage(json: string): Message | undefined {
  const { type, source, subject = '', time, data = {} } = JSON.parse(json) as Envelope
  if (type === 'darts.host.progressed.v1')
    return { about: 'host', host: source, progress: data as HostProgress }
  const fact = /^darts\.session\.([a-z]+)\.v1$/.exec(type)?.[1]
  if (!fact) return undefined
  const at = time ? Date.parse(time) : Number.NaN
  return { about: 'session', session: subject, time: at, fact: { fact, ...data } as Fact | Notice }
}
