import { useState } from 'hono/jsx/dom'
import type { MachineView } from '../../config/contract/api.ts'
import { api } from '../live/api.ts'
import { type Problem, toProblem } from '../live/problem.ts'
import { useNow } from '../live/use-now.ts'
import { type Listed, listed } from '../model/listing.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { words } from '../words.ts'
import { SessionRow } from './session-row.tsx'

type Props = {
  sessions: ReadonlyMap<string, Listed>
  dismissed: ReadonlySet<string>
  machines: readonly MachineView[]
}

export const SessionList = ({ sessions, dismissed, machines }: Props) => {
  const now = useNow(5000)
  const [stopping, setStopping] = useState<Listed | undefined>(undefined)
  const [problem, setProblem] = useState<Problem | undefined>(undefined)
  const shown = listed(sessions.values(), dismissed, now)
  const titleOf = ({ view }: Listed) =>
    machines.find(({ name }) => name === view.machine)?.title ?? view.machine ?? words.sessions.unknownMachine

  const stop = async (id: string) => {
    setStopping(undefined)
    setProblem(undefined)
    await api.stop(id).catch(thrown => setProblem(toProblem(thrown)))
  }

  if (shown.length === 0) return null
  return (
    <section class="panel sessions" aria-labelledby="sessions-heading">
      <h2 id="sessions-heading">{words.sessions.heading}</h2>
      <ul class="session-rows">
        {shown.map(session => (
          <SessionRow
            key={session.view.id}
            session={session}
            title={titleOf(session)}
            now={now}
            onStop={() => setStopping(session)}
          />
        ))}
      </ul>
      {problem && <ProblemNote problem={problem} />}
      {stopping && (
        <ConfirmDialog
          heading={words.stop.heading(titleOf(stopping))}
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
