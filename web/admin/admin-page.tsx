import { useStore } from '../live/store.ts'
import { useNow } from '../live/use-now.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { SiteHeader } from '../parts/site-header.tsx'
import { words } from '../words.ts'
import { AllSessions } from './all-sessions.tsx'
import { FunctionCard, PartList, ServiceCard } from './part-list.tsx'
import { admin } from './state.ts'

export const AdminPage = () => {
  const { me, services, functions, sessions, isLive, problem } = useStore(admin)
  const now = useNow(5000)
  return (
    <>
      <SiteHeader me={me} />
      <main id="content" class="admin" tabindex={-1}>
        <div class="lead">
          <h1>{words.admin.heading}</h1>
          <p>{words.admin.lead}</p>
        </div>
        {problem && <ProblemNote problem={problem} />}
        <p class="live-lost" role="status">
          {isLive ? '' : words.session.liveLost}
        </p>
        {sessions && <AllSessions sessions={sessions} now={now} />}
        {services.size > 0 && (
          <PartList name="services" heading={words.admin.services}>
            {sorted(services).map(view => (
              <ServiceCard key={view.name} view={view} now={now} />
            ))}
          </PartList>
        )}
        {functions.size > 0 && (
          <PartList name="functions" heading={words.admin.functions}>
            {sorted(functions).map(view => (
              <FunctionCard key={view.name} view={view} />
            ))}
          </PartList>
        )}
      </main>
    </>
  )
}

const sorted = <T extends { name: string }>(views: ReadonlyMap<string, T>) =>
  [...views.values()].sort((a, b) => a.name.localeCompare(b.name))
