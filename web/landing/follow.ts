import { api } from '../live/api.ts'
import { serverNow } from '../live/clock.ts'
import { coalesce } from '../live/coalesce.ts'
import { toProblem } from '../live/problem.ts'
import { openStreamWhileVisible } from '../live/stream.ts'
import { tellStep } from '../model/host.ts'
import { hearFact } from '../model/listing.ts'
import type { Message } from '../model/message.ts'
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
  if (message.about !== 'session') return
  const known = landing.get().sessions.get(message.session)
  if (!known) {
    refreshSessions()
    return
  }
  putSession(hearFact(known, message.fact, message.time, serverNow()))
}

async function guarded(work: () => Promise<void>) {
  try {
    await work()
    landing.update(({ problem: _, ...state }) => state)
  } catch (thrown) {
    landing.update(state => ({ ...state, problem: toProblem(thrown) }))
  }
}
