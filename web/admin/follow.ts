import { api } from '../live/api.ts'
import { serverNow } from '../live/clock.ts'
import { coalesce } from '../live/coalesce.ts'
import { toProblem } from '../live/problem.ts'
import { openStreamWhileVisible } from '../live/stream.ts'
import { backOff } from '../model/back-off.ts'
import { hearFact, merge } from '../model/listing.ts'
import type { Message } from '../model/message.ts'
import { admin, change } from './state.ts'

/**
 * Keeps the page true. Who is no administrator is refused by the first answer, and then nothing is followed; the
 * stream tells services and functions as they are before it tells their changes.
 */
export async function followAll(): Promise<void> {
  for (let attempt = 0; !(await guarded(askFirst)); attempt++) {
    if (!admin.get().problem?.passes) return
    await new Promise(resolve => setTimeout(resolve, backOff(attempt)))
  }
  openStreamWhileVisible('api/events?all', {
    message: hear,
    opened: () => {
      change({ isLive: true })
      refreshSessions()
    },
    lost: () => change({ isLive: false }),
  })
}

async function askFirst() {
  change({ me: await api.me() })
  const views = await api.services()
  change({ services: new Map(views.map(view => [view.name, view])) })
}

const refreshSessions = coalesce(
  500,
  async () =>
    void (await guarded(async () => {
      const views = await api.allSessions()
      change({ sessions: merge(admin.get().sessions ?? new Map(), views) })
    })),
)

function hear(message: Message) {
  const { services, functions, sessions = new Map() } = admin.get()
  switch (message.about) {
    case 'service':
      return change({ services: new Map(services).set(message.view.name, message.view) })
    case 'function':
      return change({ functions: new Map(functions).set(message.view.name, message.view) })
    case 'session': {
      const { session: id, fact, time } = message
      const known = sessions.get(id)
      if (!known) return refreshSessions()
      return change({ sessions: new Map(sessions).set(id, hearFact(known, fact, time, serverNow())) })
    }
  }
}

/** Whether it succeeded; the page shows why not. */
async function guarded(work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    admin.update(({ problem: _, ...state }) => state)
    return true
  } catch (thrown) {
    change({ problem: toProblem(thrown) })
    return false
  }
}
