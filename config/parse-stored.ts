import * as v from 'valibot'
import { describeIssues } from './contract/commands.ts'
import { DartsError } from './errors.ts'

/**
 * What a process of DARTS has stored for others, which may be of another version.
 * @throws DartsError `unreadable`
 */
export function parseStored<S extends v.GenericSchema>(
  schema: S,
  text: string,
  what: string,
): v.InferOutput<S> {
  try {
    return v.parse(schema, JSON.parse(text))
  } catch (cause) {
    const why = v.isValiError(cause) ? describeIssues(cause.issues) : 'no JSON'
    throw new DartsError('unreadable', `${what}: ${why}`, { cause })
  }
}
