import type { FunctionView, ServiceView } from '../../config/contract/api.ts'
import type { Fact, HostProgress, Notice } from '../../config/contract/facts.ts'

/** One message of an event stream: what happened to a session or to the set-up of a host, or how a part of DARTS is now. */
export type Message =
  | { about: 'session'; session: string; time: number; fact: Fact | Notice }
  | { about: 'host'; host: string; progress: HostProgress }
  | { about: 'service'; view: ServiceView }
  | { about: 'function'; view: FunctionView }

type Envelope = { type: string; source: string; subject?: string; time?: string; data?: object }

/** A CloudEvents envelope as JSON; undefined for what a page has no use for, also of versions yet to come. */
export function readMessage(json: string): Message | undefined {
  const { type, source, subject = '', time, data = {} } = JSON.parse(json) as Envelope
  if (type === 'darts.host.progressed.v1')
    return { about: 'host', host: source, progress: data as HostProgress }
  if (type === 'darts.service.changed.v1') return { about: 'service', view: data as ServiceView }
  if (type === 'darts.function.changed.v1') return { about: 'function', view: data as FunctionView }
  const fact = /^darts\.session\.([a-z]+)\.v1$/.exec(type)?.[1]
  if (!fact) return undefined
  const at = time ? Date.parse(time) : Number.NaN
  return { about: 'session', session: subject, time: at, fact: { fact, ...data } as Fact | Notice }
}
