import { subjects } from '../contract/subjects.ts'
import { inboxOf } from './connect.ts'
import type { Bucket, StreamName } from './streams.ts'

/** What a NATS user may do, in the words of DARTS. Everything else is refused by the server. */
export type Grant = {
  publish?: string[]
  subscribe?: string[]
  /** Buckets whose keys it may read and watch. */
  read?: Bucket[]
  /** Buckets whose keys it may write. */
  write?: Bucket[]
  /** Streams whose messages it may look up one by one. */
  lookUp?: StreamName[]
  /** Streams of which it may see how much they hold and how much waits, no message itself. */
  count?: StreamName[]
  /** Streams whose messages it may replay. */
  replay?: StreamName[]
  /** Streams whose messages it may remove one by one. */
  remove?: StreamName[]
  /** Streams of which it hears, and looks up, what was delivered as often as it may be. */
  watchDeliveries?: StreamName[]
  /** Durable consumers that it may make and pull from. */
  consume?: { stream: StreamName; name: string; filter: string }[]
}

export type Permissions = { publish: string[]; subscribe: string[] }

/** The subjects of NATS behind a grant. `user` owns its inboxes. */
export function permissionsOf(user: string, grant: Grant): Permissions {
  const publish = new Set(grant.publish)
  const advisories = (grant.watchDeliveries ?? []).map(subjects.deliveredTooOften)
  const subscribe = new Set([...(grant.subscribe ?? []), ...advisories, `${inboxOf(user)}.>`])
  const allow = (...list: string[]) => {
    for (const subject of list) publish.add(subject)
  }
  allow('$JS.API.INFO')
  for (const bucket of new Set([...(grant.read ?? []), ...(grant.write ?? [])]))
    allow(...readStream(`KV_${bucket}`))
  for (const bucket of grant.write ?? []) allow(`$KV.${bucket}.>`)
  for (const stream of grant.lookUp ?? [])
    allow(`$JS.API.STREAM.INFO.${stream}`, `$JS.API.STREAM.MSG.GET.${stream}`)
  for (const stream of grant.count ?? [])
    allow(`$JS.API.STREAM.INFO.${stream}`, `$JS.API.CONSUMER.LIST.${stream}`)
  for (const stream of grant.replay ?? []) allow(...readStream(stream))
  for (const stream of grant.remove ?? []) allow(`$JS.API.STREAM.MSG.DELETE.${stream}`)
  for (const stream of grant.watchDeliveries ?? []) allow(`$JS.API.CONSUMER.LIST.${stream}`)
  for (const { stream, name, filter } of grant.consume ?? [])
    allow(
      `$JS.API.STREAM.INFO.${stream}`,
      `$JS.API.CONSUMER.INFO.${stream}.${name}`,
      `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${name}`,
      `$JS.API.CONSUMER.CREATE.${stream}.${name}.${filter}`,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`,
      `$JS.ACK.${stream}.${name}.>`,
    )
  return { publish: [...publish].sort(), subscribe: [...subscribe].sort() }
}

/** Reading messages and replaying through ephemeral consumers. */
const readStream = (stream: string) => [
  `$JS.API.STREAM.INFO.${stream}`,
  `$JS.API.STREAM.MSG.GET.${stream}`,
  `$JS.API.DIRECT.GET.${stream}`,
  `$JS.API.DIRECT.GET.${stream}.>`,
  `$JS.API.CONSUMER.CREATE.${stream}`,
  `$JS.API.CONSUMER.CREATE.${stream}.>`,
  `$JS.API.CONSUMER.DELETE.${stream}.>`,
  `$JS.API.CONSUMER.INFO.${stream}.>`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.>`,
  `$JS.ACK.${stream}.>`,
  '$JS.FC.>',
]

/** A program outside of DARTS: creates and stops its own sessions, hears its own facts. */
export const externalGrant = (principal: string): Grant => ({
  publish: [`darts.cmd.${principal}.*.*`],
  subscribe: [subjects.factsOf(principal)],
})

export const hostRunnerGrant = (host: string): Grant => ({
  publish: [subjects.stepsOf(host), 'darts.evt.*.*.*', 'darts.dead.STEPS.*'],
  lookUp: ['EVENTS'],
  read: ['sessions', 'hosts'],
  write: ['sessions', 'hosts'],
  consume: [{ stream: 'STEPS', name: `host-${host}`, filter: subjects.stepsOf(host) }],
})

/** The supervisor makes the streams; the command line of the administrator reads and mends everything. */
export const everything: Grant = { publish: ['>'], subscribe: ['>'] }
