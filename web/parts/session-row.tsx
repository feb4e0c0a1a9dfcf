import type { Child } from 'hono/jsx'
import { moment, span } from '../model/format.ts'
import type { Listed } from '../model/listing.ts'
import { isOver } from '../model/session.ts'
import { words } from '../words.ts'

type Row = { session: Listed; title: string; now: number; host?: string | undefined; children: Child }

/** One session of a list: what it is and how it is; the children are its buttons. */
export const SessionRow = ({ session, title, now, host, children }: Row) => {
  const { state, createdAt, expiresAt, text } = session.view
  const over = isOver(state)
  return (
    <li class={`session-row ${state}`}>
      <span class={`dot ${state}`} />
      <div class="session-what">
        <p class="session-title">{title}</p>
        <p class="session-facts">
          <span class="session-state">{stateText(session)}</span>
          {createdAt && <span>{words.sessions.started(moment(createdAt, now))}</span>}
          {expiresAt && !over && <span>{words.sessions.left(span(Date.parse(expiresAt) - now))}</span>}
          {host && <span>{host}</span>}
        </p>
        {over && text && <p class="session-end">{text}</p>}
      </div>
      <div class="session-buttons">{children}</div>
    </li>
  )
}

function stateText({ view, progress }: Listed): string {
  const state = words.states[view.state]
  return progress ? `${state} ${Math.round(progress.percent)} %` : state
}

export const StopButton = ({
  session,
  label,
  onStop,
}: {
  session: Listed
  label: string
  onStop(): void
}) => (
  <button
    type="button"
    class="button"
    disabled={session.view.state === 'ending'}
    aria-label={label}
    onClick={onStop}
  >
    {words.sessions.stop}
  </button>
)
