import { useStore } from '../live/store.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { SiteHeader } from '../parts/site-header.tsx'
import { words } from '../words.ts'
import { HostPanel } from './host-panel.tsx'
import { MachineCard } from './machine-card.tsx'
import { SessionList } from './session-list.tsx'
import { landing } from './state.ts'

export const LandingPage = () => {
  const { me, machines, sessions, dismissed, hostSteps, problem } = useStore(landing)
  return (
    <>
      <SiteHeader me={me} />
      <main id="content" class="landing" tabindex={-1}>
        <div class="lead">
          <h1>{words.landing.heading}</h1>
          <p>{words.landing.lead}</p>
        </div>
        {problem && <ProblemNote problem={problem} />}
        <HostPanel steps={hostSteps} />
        <SessionList sessions={sessions} dismissed={dismissed} machines={machines ?? []} />
        <section class="machines" aria-label={words.landing.machines}>
          {machines?.map(machine => (
            <MachineCard key={machine.name} machine={machine} />
          ))}
        </section>
        {!machines && !problem && (
          <p class="empty" role="status">
            {words.landing.loading}
          </p>
        )}
        {machines?.length === 0 && <p class="empty">{words.landing.none}</p>}
      </main>
    </>
  )
}
