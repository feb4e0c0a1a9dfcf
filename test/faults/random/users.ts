import { setTimeout as sleep } from 'node:timers/promises'
import type { SessionView } from '../../../config/contract/api.ts'
import type { Api } from '../../harness/api.ts'

const AGAIN = 200
const PATIENCE = 60_000

/** A user who repeats each request, with the same key, until it is answered: 202, or a refusal that stays. */
export function makeUser(api: Api, say: (line: string) => void) {
  const acknowledged = new Set<string>()

  async function create(key: string): Promise<void> {
    const answer = await insist('/api/sessions', {
      method: 'POST',
      body: '{"machine":"tiny"}',
      headers: { 'idempotency-key': key },
    })
    if (answer?.status !== 202) return say(`create ${key}: ${answer?.status ?? 'never answered'}`)
    const { id } = (await answer.json()) as SessionView
    acknowledged.add(id)
    say(`create ${key}: session ${id}`)
  }

  async function stop(id: string): Promise<void> {
    const answer = await insist(`/api/sessions/${id}`, { method: 'DELETE' })
    say(`stop ${id}: ${answer?.status ?? 'never answered'}`)
  }

  async function insist(route: string, init: RequestInit): Promise<Response | undefined> {
    for (const until = Date.now() + PATIENCE; Date.now() < until; await sleep(AGAIN)) {
      const answer = await api(route, { ...init, signal: AbortSignal.timeout(15_000) }).catch(() => undefined)
      if (answer && answer.status < 500 && answer.status !== 429) return answer
    }
    return undefined
  }

  return { acknowledged, create, stop }
}
export type User = ReturnType<typeof makeUser>
