import { type HostStep, hasFailed, isSettingUp } from '../model/host.ts'
import { Icon } from '../parts/icon.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { words } from '../words.ts'

/** How far the set-up of the server is; gone once everything is done. */
export const HostPanel = ({ steps }: { steps: readonly HostStep[] }) => {
  if (!isSettingUp(steps)) return null
  const failed = hasFailed(steps)
  return (
    <section class="panel host" aria-labelledby="host-heading">
      <h2 id="host-heading">{failed ? words.host.failed : words.host.heading}</h2>
      <p class="muted">{failed ? words.host.failedLead : words.host.lead}</p>
      <ol class="host-steps">
        {steps.map(step => (
          <HostStepRow key={`${step.host} ${step.step}`} step={step} />
        ))}
      </ol>
    </section>
  )
}

const HostStepRow = ({ step }: { step: HostStep }) => (
  <li class={`host-step ${step.state}`}>
    <span class="host-step-sign">
      {step.state === 'done' && <Icon name="check" />}
      {step.state === 'failed' && <Icon name="alert" />}
    </span>
    <span class="host-step-title">{step.title}</span>
    <span class="host-step-percent">
      {step.state === 'running' ? `${Math.round(step.percent)} %` : ''}
      {step.state === 'done' && <span class="hidden">{words.host.done}</span>}
    </span>
    {step.state === 'running' && <ProgressBar label={step.title} percent={step.percent} />}
    {step.state !== 'done' && step.text && <span class="host-step-text">{step.text}</span>}
  </li>
)
