import { useNow } from '../live/use-now.ts'
import { stopwatch } from '../model/format.ts'
import type { SessionModel } from '../model/session.ts'
import { type StepView, stepsOf } from '../model/steps.ts'
import { Icon } from '../parts/icon.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { words } from '../words.ts'

type Props = { session: SessionModel; title: string }

/** What happens until there is a display: each step in plain words, how far it is and how long it took. */
export const StartingCard = ({ session, title }: Props) => {
  const now = useNow(1000)
  const since = session.times.requested ?? now
  return (
    <div class="stage-center">
      <section class="panel starting" aria-labelledby="starting-heading">
        <h2 id="starting-heading">
          {session.view.state === 'ending' ? words.session.ending : words.session.startingHeading(title)}
        </h2>
        <ol class="steps">
          {stepsOf(session, now).map(step => (
            <StepRow key={step.name} step={step} />
          ))}
        </ol>
        <p class="starting-foot">
          <span class="starting-time">
            <Icon name="clock" />
            {words.session.elapsed(stopwatch(now - since))}
          </span>
          <span>{session.start === 'warm' ? words.session.expectWarm : words.session.expect}</span>
        </p>
      </section>
    </div>
  )
}

const StepRow = ({ step }: { step: StepView }) => {
  const { name, state, percent, text, took } = step
  const title = words.steps[name]
  return (
    <li class={`step ${state}`} {...(state === 'running' && { 'aria-current': 'step' })}>
      <span class="step-sign">
        {(state === 'done' || state === 'skipped') && <Icon name="check" />}
        {state === 'failed' && <Icon name="alert" />}
      </span>
      <div class="step-body">
        <p class="step-line">
          <span class="step-title">{title}</span>
          <span class="step-note">{note(step)}</span>
        </p>
        {state === 'running' && <ProgressBar label={title} percent={percent} />}
        {state === 'running' && text && <p class="step-text">{text}</p>}
        {state === 'running' && took === undefined && <span class="hidden">{words.host.waiting}</span>}
      </div>
    </li>
  )
}

function note({ state, took, percent }: StepView): string {
  if (state === 'skipped') return words.steps.skipped
  if (state === 'failed') return words.steps.failed
  if (state === 'running' && percent !== undefined) return `${Math.round(percent)} %`
  return took === undefined || took < 1000 ? '' : stopwatch(took)
}
