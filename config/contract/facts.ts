import * as v from 'valibot'
import type { ErrorCode } from '../errors.ts'
import { STEPS } from './subjects.ts'

const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100))

/** What was asked for, every choice made. Memory in MiB, life-time in seconds, times in ISO 8601. */
export const Request = v.object({
  machine: v.string(),
  cpus: v.number(),
  memory: v.number(),
  lifetime: v.number(),
  createdAt: v.string(),
  expiresAt: v.string(),
})
export type Request = v.InferOutput<typeof Request>

/** Cold: the machine boots. Warm: a copy of a booted one goes on. */
export const STARTS = ['cold', 'warm'] as const
export type Start = (typeof STARTS)[number]

/** How a guest's processor is made: by the server's own, or emulated. */
export const ACCELS = ['kvm', 'tcg'] as const
export type Accel = (typeof ACCELS)[number]

export const END_REASONS = ['stopped', 'powered-off', 'expired'] as const
export type EndReason = (typeof END_REASONS)[number]

const Ended = v.object({ reason: v.picklist(END_REASONS), text: v.string() })
const Failed = v.object({ code: v.string() as v.GenericSchema<ErrorCode>, text: v.string() })
export const Outcome = v.variant('result', [
  v.object({ result: v.literal('ended'), ...Ended.entries }),
  v.object({ result: v.literal('failed'), ...Failed.entries }),
])
export type Outcome = v.InferOutput<typeof Outcome>

/** Past-tense facts that move a session's state. Type of the message: `darts.session.<fact>.v1`. */
export const FACTS = {
  requested: Request,
  placed: v.object({ host: v.string(), start: v.optional(v.picklist(STARTS)) }),
  overlaid: v.object({}),
  customized: v.object({ skipped: v.boolean() }),
  booted: v.object({
    accel: v.picklist(ACCELS),
    start: v.optional(v.picklist(STARTS)),
    /** What a warm start spent its milliseconds on. */
    spans: v.optional(v.record(v.string(), v.number())),
  }),
  ready: v.object({}),
  ending: v.object({ outcome: Outcome }),
  ended: Ended,
  failed: Failed,
} as const

export const TROUBLES = ['silent', 'no-room'] as const
export type Trouble = (typeof TROUBLES)[number]

/** Facts that are told, but move nothing. */
export const NOTICES = {
  progressed: v.object({ step: v.picklist(STEPS), percent, text: v.string() }),
  warned: v.object({ minutes: v.number(), expiresAt: v.string() }),
  /** It stands still: its QEMU does not answer, or waits for room on the server's disk. */
  troubled: v.object({ trouble: v.picklist(TROUBLES) }),
  recovered: v.object({}),
} as const

type Named<T extends Record<string, v.GenericSchema>> = {
  [K in keyof T]: { fact: K } & v.InferOutput<T[K]>
}[keyof T]
export type Fact = Named<typeof FACTS>
export type FactName = Fact['fact']
export type Notice = Named<typeof NOTICES>

/** One step of preparing a host: told as `darts.host.progressed.v1`, the last of each step is its state. */
export const HostProgress = v.object({
  step: v.string(),
  title: v.string(),
  state: v.picklist(['running', 'done', 'failed']),
  percent,
  text: v.string(),
})
export type HostProgress = v.InferOutput<typeof HostProgress>

export const factType = (fact: FactName | Notice['fact']) => `darts.session.${fact}.v1`
export const HOST_PROGRESSED = 'darts.host.progressed.v1'
