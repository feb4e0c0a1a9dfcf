import type { Child } from 'hono/jsx'
import type { FunctionView, ServiceView } from '../../config/contract/api.ts'
import { moment } from '../model/format.ts'
import { words } from '../words.ts'

type List = { name: string; heading: string; children: Child }

export const PartList = ({ name, heading, children }: List) => (
  <section class="panel" aria-labelledby={`${name}-heading`}>
    <h2 id={`${name}-heading`}>{heading}</h2>
    <ul class="part-cards">{children}</ul>
  </section>
)

export const ServiceCard = ({ view, now }: { view: ServiceView; now: number }) => {
  const { name, state, startedAt, restarts, lastEnd } = view
  return (
    <PartCard
      name={name}
      state={state}
      facts={[words.admin.restarts(restarts), startedAt && words.sessions.started(moment(startedAt, now))]}
      failure={lastEnd && words.admin.lastEnd(lastEnd.how, moment(lastEnd.at, now))}
    />
  )
}

export const FunctionCard = ({ view }: { view: FunctionView }) => {
  const { name, state, restarts, calls, lastFailure } = view
  return (
    <PartCard
      name={name}
      state={state}
      facts={[words.admin.restarts(restarts), words.admin.calls(calls)]}
      failure={lastFailure && words.admin.lastFailure(lastFailure)}
    />
  )
}

const DOTS = { running: 'ready', starting: '', restarting: '', failed: 'failed', stopped: 'ended' } as const

type Part = {
  name: string
  state: keyof typeof DOTS
  facts: (string | undefined)[]
  failure: string | undefined
}

const PartCard = ({ name, state, facts, failure }: Part) => (
  <li class="part-card">
    <p class="part-name">
      <span class={`dot ${DOTS[state]}`} />
      {name}
      <span class="part-state">{words.admin.states[state]}</span>
    </p>
    <p class="part-facts">{facts.map(fact => fact && <span key={fact}>{fact}</span>)}</p>
    {failure && <p class="part-failure">{failure}</p>}
  </li>
)
