import { useState } from 'hono/jsx/dom'
import { type Problem, toProblem } from '../live/problem.ts'
import { pages } from '../live/site.ts'
import type { SessionModel } from '../model/session.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { Mark } from '../parts/mark.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { words } from '../words.ts'
import { ClipboardPanel } from './clipboard-panel.tsx'
import { ControlButtons, type PanelName } from './control-buttons.tsx'
import { display } from './desk.ts'
import { stopSession } from './follow.ts'
import { HelpPanel } from './help-panel.tsx'
import type { SessionState } from './state.ts'
import { TimeLeft } from './time-left.tsx'

type Props = { state: SessionState; session: SessionModel; title: string; hasDesktop: boolean }

export const ControlBar = ({ state, session, title, hasDesktop }: Props) => {
  const [panel, setPanel] = useState<PanelName | undefined>(undefined)
  const [isExpanded, setExpanded] = useState(false)
  const [asksToStop, setAsksToStop] = useState(false)
  const [problem, setProblem] = useState<Problem | undefined>(undefined)
  const { id, state: name, expiresAt } = session.view
  const toggle = (wanted: PanelName) => {
    setExpanded(false)
    setPanel(open => (open === wanted ? undefined : wanted))
  }
  const stop = async () => {
    setAsksToStop(false)
    setProblem(undefined)
    await stopSession(id).catch(thrown => setProblem(toProblem(thrown)))
  }

  return (
    <header class={isExpanded ? 'bar expanded' : 'bar'}>
      {hasDesktop && (
        <button type="button" class="skip" onClick={() => display.focus()}>
          {words.session.skip}
        </button>
      )}
      <a class="bar-home" href={pages.home} aria-label={words.end.back} title={words.end.back}>
        <Mark />
      </a>
      <div class="bar-what">
        <h1 class="bar-title">{title}</h1>
        <span class="bar-state">
          <span class={`dot ${name}`} />
          {words.states[name]}
        </span>
      </div>
      {expiresAt && <TimeLeft expiresAt={expiresAt} />}
      <button
        type="button"
        class="button quiet bar-more"
        aria-expanded={isExpanded ? 'true' : 'false'}
        aria-controls="controls"
        onClick={() => setExpanded(!isExpanded)}
      >
        <Icon name="more" />
        <span class="hidden">{words.bar.more}</span>
      </button>
      <ControlButtons
        hasDesktop={hasDesktop}
        canStop={name !== 'ending'}
        panel={panel}
        onPanel={toggle}
        onDone={() => setExpanded(false)}
        onStop={() => setAsksToStop(true)}
      />
      {panel === 'clipboard' && <ClipboardPanel text={state.clipboard} onClose={() => setPanel(undefined)} />}
      {panel === 'help' && <HelpPanel onClose={() => setPanel(undefined)} />}
      {problem && (
        <div class="bar-problem">
          <ProblemNote problem={problem} />
        </div>
      )}
      {asksToStop && (
        <ConfirmDialog
          heading={words.stop.heading(title)}
          text={words.stop.text}
          confirm={words.stop.confirm}
          cancel={words.stop.cancel}
          onConfirm={stop}
          onClose={() => setAsksToStop(false)}
        />
      )}
    </header>
  )
}
