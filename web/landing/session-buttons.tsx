import { pages } from '../live/site.ts'
import type { Listed } from '../model/listing.ts'
import { isOver } from '../model/session.ts'
import { StopButton } from '../parts/session-row.tsx'
import { words } from '../words.ts'
import { dismiss } from './state.ts'

type Props = { session: Listed; title: string; onStop(): void }

export const SessionButtons = ({ session, title, onStop }: Props) => {
  const { id, state } = session.view
  if (isOver(state))
    return (
      <button
        type="button"
        class="button"
        aria-label={`${words.sessions.dismiss} ${title}`}
        onClick={() => dismiss(id)}
      >
        {words.sessions.dismiss}
      </button>
    )
  return (
    <>
      <a class="button" href={pages.session(id)} aria-label={`${words.sessions.open} ${title}`}>
        {words.sessions.open}
      </a>
      <StopButton session={session} label={`${words.sessions.stop} ${title}`} onStop={onStop} />
    </>
  )
}
