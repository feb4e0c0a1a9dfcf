import * as v from 'valibot'
import { DartsError } from '../errors.ts'
import { MachineName } from '../machine.ts'
import type { Envelope } from './envelope.ts'
import type { Verb } from './subjects.ts'

const whole = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_048_576))

/** What a user asks for. Left out: the machine's and the site's defaults. */
export const CreateRequest = v.strictObject({
  machine: v.pipe(MachineName, v.description('Name of a machine of the catalogue')),
  cpus: v.optional(v.pipe(whole, v.description('CPUs'))),
  memory: v.optional(v.pipe(whole, v.description('Memory in MiB'))),
  lifetime: v.optional(
    v.pipe(
      v.union([v.pipe(v.number(), v.integer(), v.minValue(60), v.maxValue(31_536_000)), v.string()]),
      v.description('Life-time: seconds, or text such as 90m, 12h, 2d'),
    ),
  ),
})
export type CreateRequest = v.InferOutput<typeof CreateRequest>

export const StopRequest = v.object({})

/** The versioned type and data of each command. */
export const COMMANDS = {
  create: { type: 'darts.command.create.v1', data: CreateRequest },
  stop: { type: 'darts.command.stop.v1', data: StopRequest },
} as const satisfies Record<Verb, { type: string; data: v.GenericSchema }>

/** @throws DartsError `bad-request` for a wrong or unknown type, or data that does not fit it */
export function commandData<V extends Verb>(
  verb: V,
  envelope: Envelope,
): v.InferOutput<(typeof COMMANDS)[V]['data']> {
  const { type, data } = COMMANDS[verb]
  if (envelope.type !== type)
    throw new DartsError('bad-request', `type ${envelope.type}: this subject takes ${type}`)
  const result = v.safeParse(data, envelope.data)
  if (result.success) return result.output as v.InferOutput<(typeof COMMANDS)[V]['data']>
  throw new DartsError('bad-request', describeIssues(result.issues))
}

/** `memory: Invalid type: Expected number but received "4"`; it repeats what was sent, so it is cut. */
export const describeIssues = (issues: readonly v.BaseIssue<unknown>[]) =>
  issues
    .map(issue => `${v.getDotPath(issue) ?? 'value'}: ${issue.message}`)
    .join('; ')
    .slice(0, 1000)
