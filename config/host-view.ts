import * as v from 'valibot'
import { ACCELS } from './contract/facts.ts'

const TemplateView = v.object({
  /** `<machine>-<cpus>x<MiB>` */
  name: v.string(),
  machine: v.string(),
  cpus: v.number(),
  memory: v.number(),
  state: v.picklist(['building', 'ready', 'failed']),
  /** When it was frozen. */
  builtAt: v.optional(v.string()),
  /** MiB on its disk. */
  size: v.optional(v.number()),
  /** Copies that wait for a user. */
  pool: v.number(),
  text: v.optional(v.string()),
})
export type TemplateView = v.InferOutput<typeof TemplateView>

/** A host tells that it is there this often, in milliseconds; one that was not heard for so long is not there. */
export const TOLD_EVERY = 10_000
export const SILENT_AFTER = 30_000
const NEVER = new Date(0).toISOString()

/** What a host-runner tells about its host in the bucket `hosts`. */
export const HostView = v.object({
  host: v.string(),
  /** When it told this, by its own clock. Runners of an older version tell no time. */
  seenAt: v.optional(v.pipe(v.string(), v.isoTimestamp()), NEVER),
  accel: v.optional(v.picklist(ACCELS)),
  qemu: v.optional(v.string()),
  /** CPUs and MiB that sessions may use together. */
  cpus: v.number(),
  memory: v.number(),
  sessionsMax: v.number(),
  templates: v.optional(v.array(TemplateView), []),
  machines: v.record(
    v.string(),
    v.object({
      state: v.picklist(['ready', 'preparing', 'missing']),
      percent: v.optional(v.number()),
      text: v.optional(v.string()),
    }),
  ),
})
export type HostView = v.InferOutput<typeof HostView>

/** Also of a time that is yet to come: a clock was set, and the host tells its own anew in a moment. */
export const isSilent = ({ seenAt }: Pick<HostView, 'seenAt'>, now: number) =>
  Math.abs(now - Date.parse(seenAt)) > SILENT_AFTER
