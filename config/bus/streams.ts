import { DiscardPolicy, RetentionPolicy, type StreamConfig } from '@nats-io/jetstream'
import { Kvm, type KvOptions } from '@nats-io/kv'
import { nanos } from '@nats-io/transport-node'
import { subjects, VERBS } from '../contract/subjects.ts'
import type { Bus } from './connect.ts'

const DAY = 86_400_000

const STREAMS = {
  COMMANDS: {
    subjects: VERBS.map(subjects.commandsOf),
    retention: RetentionPolicy.Workqueue,
    max_age: nanos(DAY),
  },
  STEPS: { subjects: [subjects.stepsOf('*')], retention: RetentionPolicy.Workqueue, max_age: nanos(DAY) },
  EVENTS: {
    subjects: [subjects.allFacts],
    max_age: nanos(30 * DAY),
    max_bytes: 2 ** 30,
    discard: DiscardPolicy.Old,
    duplicate_window: nanos(3_600_000),
  },
  DEAD: {
    subjects: ['darts.dead.>'],
    max_age: nanos(30 * DAY),
    max_bytes: 2 ** 27,
    discard: DiscardPolicy.Old,
  },
} as const satisfies Record<string, Partial<StreamConfig>>
export type StreamName = keyof typeof STREAMS

const BUCKETS = {
  /** `<session>` → SessionRecord, written under compare-and-set only. */
  sessions: { history: 1, maxValueSize: 65_536 },
  /** `<host>` → what the host is and has. */
  hosts: { history: 1 },
  /** `<function>` → its routes, calls and failures. */
  functions: { history: 1 },
  /** `<process>` → whether it runs, its restarts and its last end. */
  services: { history: 1 },
  /** sha256 of a login's secret → whose it is. */
  logins: { history: 1 },
  /** sha256 of a ticket → the display that it opens. NATS 2.9 knows no time-to-live of a single key. */
  tickets: { history: 1, ttl: 30_000 },
} as const satisfies Record<string, Partial<KvOptions>>
export type Bucket = keyof typeof BUCKETS
export const BUCKET_NAMES = Object.keys(BUCKETS) as [Bucket, ...Bucket[]]

/** Makes what is missing and brings what is there up to date; done by the supervisor at every start. */
export async function ensureStreams({ jsm, nc }: Bus): Promise<void> {
  const existing = new Set(await jsm.streams.names().next())
  await Promise.all(
    Object.entries(STREAMS).map(([name, config]) => {
      const wanted = { name, ...config, subjects: [...config.subjects] }
      return existing.has(name) ? jsm.streams.update(name, wanted) : jsm.streams.add(wanted)
    }),
  )
  const kvm = new Kvm(nc)
  await Promise.all(Object.entries(BUCKETS).map(([name, options]) => kvm.create(name, options)))
}
