import { pages } from '../live/site.ts'
import { moment, span } from '../model/format.ts'
import type { Listed } from '../model/listing.ts'
import { isOver } from '../model/session.ts'
import { words } from '../words.ts'
import { dismiss } from './state.ts'

type Props = { session: Listed; title: string; now: number; onStop(): void }

export const SessionRow = ({ session, title, now, onStop }: Props) => {
  const { id, state, createdAt, expiresAt, text } = session.view
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
        </p>
        {over && text && <p class="session-end">{text}</p>}
      </div>
      <div class="session-buttons">
        {!over && (
          <a class="button" href={pages.session(id)} aria-label={`${words.sessions.open} ${title}`}>
            {words.sessions.open}
          </a>
        )}
        {!over && (
          <button
            type="button"
            class="button"
            disabled={state === 'ending'}
            aria-label={`${words.sessions.stop} ${title}`}
            onClick={onStop}
          >
            {words.sessions.stop}
          </button>
        )}
        {over && (
          <button
            type="button"
            class="button"
            aria-label={`${words.sessions.dismiss} ${title}`}
            onClick={() => dismiss(id)}
          >
            {words.sessions.dismiss}
          </button>
        )}
      </div>
    </li>
  )
}

function stateText({ view, progress }: Listed): string {
  const state = words.states[view.state]
  return progress ? `${state} ${Math.round(progress.percent)} %` : state
}
