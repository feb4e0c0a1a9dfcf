import * as v from 'valibot'

/** What a host-runner tells about its host in the bucket `hosts`. */
export const HostView = v.object({
  host: v.string(),
  accel: v.optional(v.picklist(['kvm', 'tcg'])),
  qemu: v.optional(v.string()),
  /** CPUs and MiB that sessions may use together. */
  cpus: v.number(),
  memory: v.number(),
  sessionsMax: v.number(),
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
