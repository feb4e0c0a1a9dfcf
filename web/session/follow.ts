import { api } from '../live/api.ts'
import { toProblem } from '../live/problem.ts'
import { openStream } from '../live/stream.ts'
import { backOff } from '../model/back-off.ts'
import { apply, fromView, withView } from '../model/session.ts'
import { change, page } from './state.ts'

/** Keeps the page true to the session: asks for it, then hears its facts, the first included, until it is over. */
export async function followSession(id: string): Promise<void> {
  if (!(await readSession(id))) return
  void readMachineTitle()
  const close = openStream(`api/sessions/${id}/events`, {
    opened: () => change({ isLive: true }),
    lost: () => change({ isLive: false }),
    message(message) {
      const { session } = page.get()
      if (message.about !== 'session' || !session) return
      const next = apply(session, message.fact, message.time)
      change({ session: next })
      if (isLastFact(message.fact.fact)) {
        close()
        change({ isLive: true })
      }
    },
  })
}

/** For what an answer tells before its events arrive, such as that a stop was accepted. */
export async function stopSession(id: string): Promise<void> {
  const view = await api.stop(id)
  const { session } = page.get()
  if (session) change({ session: withView(session, view) })
}

const isLastFact = (fact: string) => fact === 'ended' || fact === 'failed'

/** Tries until there is an answer; false when there is no such session. */
async function readSession(id: string): Promise<boolean> {
  for (let attempt = 0; ; attempt++) {
    try {
      change({ session: fromView(await api.session(id)) })
      page.update(({ problem: _, ...state }) => state)
      return true
    } catch (thrown) {
      const problem = toProblem(thrown)
      if (problem.status === 404 || problem.status === 400) {
        change({ isMissing: true })
        return false
      }
      change({ problem })
      if (!problem.passes) return false
      await new Promise(resolve => setTimeout(resolve, backOff(attempt)))
    }
  }
}

async function readMachineTitle() {
  const machines = await api.machines().catch(() => [])
  const machine = machines.find(({ name }) => name === page.get().session?.view.machine)
  if (machine) change({ machineTitle: machine.title })
}
