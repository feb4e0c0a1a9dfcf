import { useState } from 'hono/jsx/dom'
import { serverNow } from '../live/clock.ts'
import { type Problem, toProblem } from '../live/problem.ts'
import { pages } from '../live/site.ts'
import { startSession } from '../live/start-session.ts'
import type { SessionModel } from '../model/session.ts'
import { failedStep, stepsOf } from '../model/steps.ts'
import { Icon } from '../parts/icon.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { SiteHeader } from '../parts/site-header.tsx'
import { words } from '../words.ts'

type Props = { session: SessionModel; title: string }

/** How the session ended, and where to go from here. */
export const EndScreen = ({ session, title }: Props) => {
  const [isStarting, setStarting] = useState(false)
  const [problem, setProblem] = useState<Problem | undefined>(undefined)
  const { state, machine, cpus, memory, lifetime, text } = session.view
  const failed = state === 'failed'
  const stoppedAt = failed && failedStep(stepsOf(session, serverNow()))

  const startAgain = async (name: string) => {
    setStarting(true)
    setProblem(undefined)
    try {
      await startSession({
        machine: name,
        ...(cpus && { cpus }),
        ...(memory && { memory }),
        ...(lifetime && { lifetime }),
      })
    } catch (thrown) {
      setProblem(toProblem(thrown))
      setStarting(false)
    }
  }

  return (
    <>
      <SiteHeader me={undefined} />
      <main id="content" class="end" tabindex={-1}>
        <div class={`end-sign ${state}`}>
          <Icon name={failed ? 'alert' : 'check'} />
        </div>
        <p class="end-machine">{title}</p>
        <h1>{failed ? words.end.failed : words.end.ended}</h1>
        {text && <p class="end-text">{text}</p>}
        {stoppedAt && <p class="muted">{words.end.stoppedAt(words.steps[stoppedAt.name])}</p>}
        <div class="end-buttons">
          {machine && (
            <button
              type="button"
              class="button primary"
              disabled={isStarting}
              onClick={() => startAgain(machine)}
            >
              {isStarting ? words.landing.starting : words.end.again}
            </button>
          )}
          <a class="button" href={pages.home}>
            {words.end.back}
          </a>
        </div>
        {problem && <ProblemNote problem={problem} />}
      </main>
    </>
  )
}

/** There is no session at this address, or it can't be read. */
export const MissingScreen = ({ problem }: { problem: Problem | undefined }) => (
  <>
    <SiteHeader me={undefined} />
    <main id="content" class="end" tabindex={-1}>
      <div class="end-sign missing">
        <Icon name="help" />
      </div>
      <h1>{problem ? words.end.unreadable : words.end.missingHeading}</h1>
      {problem ? <ProblemNote problem={problem} /> : <p class="end-text">{words.end.missingText}</p>}
      <div class="end-buttons">
        <a class="button primary" href={pages.home}>
          {words.end.back}
        </a>
      </div>
    </main>
  </>
)
