import { api } from '../live/api.ts'
import { serverNow } from '../live/clock.ts'
import { toProblem } from '../live/problem.ts'
import { openStreamWhileVisible } from '../live/stream.ts'
import { tellStep } from '../model/host.ts'
import type { Message } from '../model/message.ts'
import { apply, isOver } from '../model/session.ts'
import { coalesce } from './coalesce.ts'
import { landing, putSession, replaceSessions } from './state.ts'

/** Keeps the landing page true: asks once, then listens. Each new connection asks again for what was missed. */
export function followService(): void {
  openStreamWhileVisible('api/events', { message: hear, opened: () => void refreshAll() })
  void refreshAll()
}

const refreshMachines = coalesce(2000, () =>
  guarded(async () => {
    const machines = await api.machines()
    landing.update(state => ({ ...state, machines }))
  }),
)

const refreshSessions = coalesce(500, () => guarded(async () => replaceSessions(await api.sessions())))

async function refreshAll() {
  refreshMachines()
  refreshSessions()
  if (!landing.get().me)
    await guarded(async () => {
      const me = await api.me()
      landing.update(state => ({ ...state, me }))
    })
}

function hear(message: Message) {
  if (message.about === 'host') {
    const { host, progress } = message
    landing.update(state => ({ ...state, hostSteps: tellStep(state.hostSteps, host, progress) }))
    refreshMachines()
    return
  }
  const known = landing.get().sessions.get(message.session)
  if (!known) {
    refreshSessions()
    return
  }
  const next = apply(known, message.fact, message.time)
  const endsNow = isOver(next.view.state) && !isOver(known.view.state)
  putSession(endsNow ? { ...next, seenEnding: serverNow() } : next)
}

async function guarded(work: () => Promise<void>) {
  try {
    await work()
    landing.update(({ problem: _, ...state }) => state)
  } catch (thrown) {
    landing.update(state => ({ ...state, problem: toProblem(thrown) }))
  }
}
