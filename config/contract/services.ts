import * as v from 'valibot'

/** An unexpected end of a process of DARTS, as the supervisor saw it. */
export const ServiceDied = v.object({
  service: v.string(),
  /** `by SIGKILL`, `with 1` */
  how: v.string(),
  restarts: v.number(),
})
export type ServiceDied = v.InferOutput<typeof ServiceDied>

export const SERVICE_DIED = 'darts.service.died.v1'
/** What a page hears of the state of a process or of a function: the whole view, at each change. */
export const SERVICE_CHANGED = 'darts.service.changed.v1'
export const FUNCTION_CHANGED = 'darts.function.changed.v1'
