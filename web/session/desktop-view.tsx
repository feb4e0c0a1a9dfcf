import { useLayoutEffect, useRef, useState } from 'hono/jsx/dom'
import { useNow } from '../live/use-now.ts'
import { seconds, span, stopwatch } from '../model/format.ts'
import type { SessionModel } from '../model/session.ts'
import { stepsOf } from '../model/steps.ts'
import { Icon } from '../parts/icon.tsx'
import { words } from '../words.ts'
import { display, touchKeyboard } from './desk.ts'
import type { SessionState } from './state.ts'

type Props = { state: SessionState; session: SessionModel; title: string }

/** The desktop, and the few words above it that matter at the moment. */
export const DesktopView = ({ state, session, title }: Props) => {
  const mount = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    mount.current?.append(display.element, touchKeyboard.field)
  }, [])
  useLayoutEffect(() => {
    display.label = words.session.desktopLabel(title)
  }, [title])

  const { state: name } = session.view
  return (
    <>
      <div class="desktop-mount" ref={mount} />
      <div class="desktop-notes" aria-live="polite">
        {name === 'booted' && <StillStarting session={session} />}
        {name === 'ready' && <Started session={session} />}
        {state.display === 'connecting' && <p class="pill">{words.session.connecting}</p>}
        {state.display === 'reconnecting' && (
          <p class="pill">
            <span class="spinner" />
            {words.session.reconnecting}
          </p>
        )}
        {name !== 'ending' && session.trouble && (
          <p class="ribbon">
            <span class="spinner" />
            <strong>{words.session.trouble[session.trouble]}</strong>
            <span>{words.session.troubleText[session.trouble]}</span>
          </p>
        )}
        {name === 'ending' && <p class="pill">{words.session.ending}</p>}
        {name !== 'ending' && session.warnedMinutes !== undefined && (
          <TimeWarning key={session.warnedMinutes} session={session} />
        )}
      </div>
      {state.showsLeaveHint && <p class="pill bottom">{words.session.leaveHint}</p>}
    </>
  )
}

const STARTED_SHOWN = 6000

/** How long it took, for those who have just waited for it. */
const Started = ({ session: { times, start } }: { session: SessionModel }) => {
  const now = useNow(1000)
  const { requested, ready } = times
  if (requested === undefined || ready === undefined || now - ready > STARTED_SHOWN) return null
  const took = seconds(ready - requested)
  return (
    <p class="pill">{start === 'warm' ? words.session.startedWarm(took) : words.session.startedCold(took)}</p>
  )
}

const StillStarting = ({ session }: { session: SessionModel }) => {
  const now = useNow(1000)
  const step = stepsOf(session, now).find(({ name }) => name === 'desktop')
  return (
    <p class="ribbon">
      <span class="spinner" />
      <strong>{words.session.stillStarting}</strong>
      <span>{words.session.stillStartingText}</span>
      <span class="ribbon-time" aria-hidden="true">
        {step?.percent === undefined ? stopwatch(step?.took ?? 0) : `${Math.round(step.percent)} %`}
      </span>
    </p>
  )
}

const TimeWarning = ({ session }: { session: SessionModel }) => {
  const now = useNow(1000)
  const [isSeen, setSeen] = useState(false)
  const { expiresAt } = session.view
  if (isSeen || !expiresAt) return null
  const left = Date.parse(expiresAt) - now
  const wasExtended = left > ((session.warnedMinutes ?? 0) + 1) * 60_000
  if (wasExtended) return null
  return (
    <div class="warning">
      <Icon name="clock" />
      <p>{words.session.warned(left > 0 ? span(left, 'long') : words.time.over)}</p>
      <button type="button" class="button small" onClick={() => setSeen(true)}>
        {words.session.dismiss}
      </button>
    </div>
  )
}
