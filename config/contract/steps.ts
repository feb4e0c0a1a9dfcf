import { DartsError } from '../errors.ts'
import type { Envelope } from './envelope.ts'
import { STEPS, type Step, TEMPLATE_TASKS, type TemplateTask } from './subjects.ts'

const ALL: readonly string[] = [...STEPS, ...TEMPLATE_TASKS]

export const stepType = (what: Step | TemplateTask) => `darts.step.${what}.v1`

/** @throws DartsError `bad-request` for a step that is not known, or of another version */
export function checkStep(what: string, { type }: Envelope): void {
  if (!ALL.includes(what) || type !== stepType(what as Step | TemplateTask))
    throw new DartsError('bad-request', `${what} of type ${type}: not a step that is known here`)
}
