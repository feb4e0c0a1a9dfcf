import type { MachineView } from '../../config/contract/api.ts'

/** A request of the API with this token, or with that of somebody else. */
export type Api = (route: string, init?: RequestInit & { token?: string }) => Promise<Response>

export const apiOf =
  (url: string, token: string): Api =>
  (route, { token: who = token, ...init } = {}) =>
    fetch(url + route, {
      ...init,
      headers: {
        authorization: `Bearer ${who}`,
        ...(init.body && { 'content-type': 'application/json' }),
        ...init.headers,
      },
    })

/** Resolves when a host has told that it has this machine. */
export async function machineReady({ api }: { api: Api }, machine: string): Promise<void> {
  for (;;) {
    const answer = await api('/api/machines')
    // The page is there before what answers it.
    const machines = answer.status === 503 ? [] : ((await answer.json()) as MachineView[])
    if (machines.find(({ name }) => name === machine)?.status.state === 'ready') return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
