import type { MachineView } from '../../config/contract/api.ts'
import { useNow } from '../live/use-now.ts'
import { type Listed, listed } from '../model/listing.ts'
import { SessionRow } from '../parts/session-row.tsx'
import { useStopping } from '../parts/use-stopping.tsx'
import { words } from '../words.ts'
import { SessionButtons } from './session-buttons.tsx'

type Props = {
  sessions: ReadonlyMap<string, Listed>
  dismissed: ReadonlySet<string>
  machines: readonly MachineView[]
}

export const SessionList = ({ sessions, dismissed, machines }: Props) => {
  const now = useNow(5000)
  const titleOf = ({ view }: Listed) =>
    machines.find(({ name }) => name === view.machine)?.title ?? view.machine ?? words.sessions.unknownMachine
  const { ask, dialog } = useStopping(session => words.stop.heading(titleOf(session)))
  const shown = listed(sessions.values(), dismissed, now)

  if (shown.length === 0) return null
  return (
    <section class="panel sessions" aria-labelledby="sessions-heading">
      <h2 id="sessions-heading">{words.sessions.heading}</h2>
      <ul class="session-rows">
        {shown.map(session => (
          <SessionRow key={session.view.id} session={session} title={titleOf(session)} now={now}>
            <SessionButtons session={session} title={titleOf(session)} onStop={() => ask(session)} />
          </SessionRow>
        ))}
      </ul>
      {dialog}
    </section>
  )
}
