import type { HostProgress } from '../../config/contract/facts.ts'

/** A step of the set-up of a host; `host` tells the steps of several hosts apart. */
export type HostStep = HostProgress & { host: string }

/** The steps in the order in which they were first heard of, each as it was last told. Pure. */
export function tellStep(steps: readonly HostStep[], host: string, progress: HostProgress): HostStep[] {
  const step = { ...progress, host }
  const known = steps.findIndex(other => other.host === host && other.step === progress.step)
  return known < 0 ? [...steps, step] : steps.with(known, step)
}

export const isSettingUp = (steps: readonly HostStep[]) => steps.some(step => step.state !== 'done')
export const hasFailed = (steps: readonly HostStep[]) => steps.some(step => step.state === 'failed')
