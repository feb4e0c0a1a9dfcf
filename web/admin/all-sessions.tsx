import { type Listed, listed } from '../model/listing.ts'
import { isOver } from '../model/session.ts'
import { SessionRow, StopButton } from '../parts/session-row.tsx'
import { useStopping } from '../parts/use-stopping.tsx'
import { words } from '../words.ts'

const NONE: ReadonlySet<string> = new Set()

const machineOf = ({ view }: Listed) => view.machine ?? words.sessions.unknownMachine
const stopOf = (session: Listed) => words.admin.stop(machineOf(session), session.view.owner)

/** The sessions of everybody, each of which an administrator may stop. */
export const AllSessions = ({ sessions, now }: { sessions: ReadonlyMap<string, Listed>; now: number }) => {
  const { ask, dialog } = useStopping(session => `${stopOf(session)}?`)
  const shown = listed(sessions.values(), NONE, now)
  return (
    <section class="panel sessions" aria-labelledby="sessions-heading">
      <h2 id="sessions-heading">{words.admin.sessions}</h2>
      {shown.length === 0 && <p class="muted">{words.admin.noSessions}</p>}
      <ul class="session-rows">
        {shown.map(session => {
          const { id, owner, host, state } = session.view
          return (
            <SessionRow
              key={id}
              session={session}
              title={`${machineOf(session)} ${words.admin.owner(owner)}`}
              now={now}
              host={host}
            >
              {!isOver(state) && (
                <StopButton session={session} label={stopOf(session)} onStop={() => ask(session)} />
              )}
            </SessionRow>
          )
        })}
      </ul>
      {dialog}
    </section>
  )
}
