import { useState } from 'hono/jsx/dom'
import { api } from '../live/api.ts'
import { type Problem, toProblem } from '../live/problem.ts'
import { moment, span } from '../model/format.ts'
import { type Listed, listed } from '../model/listing.ts'
import { isOver } from '../model/session.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { words } from '../words.ts'

const NONE: ReadonlySet<string> = new Set()

/** The sessions of everybody, each of which an administrator may stop. */
export const AllSessions = ({ sessions, now }: { sessions: ReadonlyMap<string, Listed>; now: number }) => {
  const [stopping, setStopping] = useState<Listed | undefined>(undefined)
  const [problem, setProblem] = useState<Problem | undefined>(undefined)
  const shown = listed(sessions.values(), NONE, now)

  const stop = async (id: string) => {
    setStopping(undefined)
    setProblem(undefined)
    await api.stop(id).catch(thrown => setProblem(toProblem(thrown)))
  }

  return (
    <section class="panel sessions" aria-labelledby="sessions-heading">
      <h2 id="sessions-heading">{words.admin.sessions}</h2>
      {shown.length === 0 && <p class="muted">{words.admin.noSessions}</p>}
      <ul class="session-rows">
        {shown.map(session => (
          <Row key={session.view.id} session={session} now={now} onStop={() => setStopping(session)} />
        ))}
      </ul>
      {problem && <ProblemNote problem={problem} />}
      {stopping && (
        <ConfirmDialog
          heading={`${nameOf(stopping)}?`}
          text={words.stop.text}
          confirm={words.stop.confirm}
          cancel={words.stop.cancel}
          onConfirm={() => stop(stopping.view.id)}
          onClose={() => setStopping(undefined)}
        />
      )}
    </section>
  )
}

const machineOf = ({ view }: Listed) => view.machine ?? words.sessions.unknownMachine
const nameOf = (session: Listed) => words.admin.stop(machineOf(session), session.view.owner)

const Row = ({ session, now, onStop }: { session: Listed; now: number; onStop(): void }) => {
  const { state, owner, host, createdAt, expiresAt, text } = session.view
  const over = isOver(state)
  return (
    <li class={`session-row ${state}`}>
      <span class={`dot ${state}`} />
      <div class="session-what">
        <p class="session-title">
          {machineOf(session)} {words.admin.owner(owner)}
        </p>
        <p class="session-facts">
          <span class="session-state">{words.states[state]}</span>
          {createdAt && <span>{words.sessions.started(moment(createdAt, now))}</span>}
          {expiresAt && !over && <span>{words.sessions.left(span(Date.parse(expiresAt) - now))}</span>}
          {host && <span>{host}</span>}
        </p>
        {over && text && <p class="session-end">{text}</p>}
      </div>
      <div class="session-buttons">
        {!over && (
          <button
            type="button"
            class="button"
            disabled={state === 'ending'}
            aria-label={nameOf(session)}
            onClick={onStop}
          >
            {words.sessions.stop}
          </button>
        )}
      </div>
    </li>
  )
}
