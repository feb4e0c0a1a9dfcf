import { useStore } from '../live/store.ts'
import { hasDisplay, isOver } from '../model/session.ts'
import { words } from '../words.ts'
import { ControlBar } from './control-bar.tsx'
import { DesktopView } from './desktop-view.tsx'
import { EndScreen, MissingScreen } from './end-screen.tsx'
import { StartingCard } from './starting-card.tsx'
import { page, titleOf } from './state.ts'

export const SessionPage = () => {
  const state = useStore(page)
  const { session, isMissing, problem } = state
  if (isMissing) return <MissingScreen problem={undefined} />
  if (!session) return problem ? <MissingScreen problem={problem} /> : null
  if (isOver(session.view.state)) return <EndScreen session={session} title={titleOf(state)} />

  // A display that is only on its way has nothing to show yet.
  const isShown =
    hasDisplay(session.view.state) || (state.display !== 'closed' && session.view.state === 'ending')
  return (
    <div class="session-page">
      <ControlBar state={state} session={session} title={titleOf(state)} hasDesktop={isShown} />
      <main class={isShown ? 'stage dark' : 'stage'}>
        {isShown ? (
          <DesktopView state={state} session={session} title={titleOf(state)} />
        ) : (
          <StartingCard session={session} title={titleOf(state)} />
        )}
        {!state.isLive && <p class="pill bottom">{words.session.liveLost}</p>}
      </main>
      <p class="hidden" role="status">
        {words.states[session.view.state]}
      </p>
    </div>
  )
}
