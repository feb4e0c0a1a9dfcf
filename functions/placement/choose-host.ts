import type { Request, Start } from '../../config/contract/facts.ts'
import type { ErrorCode } from '../../config/errors.ts'
import { type HostView, isSilent } from '../../config/host-view.ts'
import type { SessionRecord } from '../../config/session/record.ts'
import type { Settings } from '../../config/settings.ts'

export type Choice = { host: string; start: Start } | { refuse: ErrorCode }

/**
 * Where a request runs, or why it cannot. Pure: the sessions and hosts as they are `now` are passed in. The consumer
 * takes one create at a time (concurrency 1, which the server enforces), so two never count the same free place.
 */
export function chooseHost(
  owner: string,
  request: Request,
  sessions: readonly SessionRecord[],
  hosts: readonly HostView[],
  { sessionsPerUser }: Pick<Settings, 'sessionsPerUser'>,
  now: number,
): Choice {
  const running = sessions.filter(({ state }) => 'host' in state)
  if (running.filter(session => session.owner === owner).length >= sessionsPerUser)
    return { refuse: 'too-many-sessions' }
  const alive = hosts.filter(host => !isSilent(host, now))
  const status = alive.map(host => host.machines[request.machine]?.state)
  const ready = alive.filter((_, i) => status[i] === 'ready')
  if (ready.length === 0) return { refuse: whyNone(status) }
  const room = ready
    .map(host => ({
      host: host.host,
      start: isWarm(host, request) ? ('warm' as const) : ('cold' as const),
      free: freeMemory(host, running) - request.memory,
      count: placed(host, running).length,
      max: host.sessionsMax,
      cpus: host.cpus,
    }))
    .filter(({ free, count, max, cpus }) => free >= 0 && count < max && request.cpus <= Math.max(cpus, 4))
    .sort((a, b) => Number(b.start === 'warm') - Number(a.start === 'warm') || b.free - a.free)
  return room[0] ? { host: room[0].host, start: room[0].start } : { refuse: 'service-full' }
}

const isWarm = ({ templates }: HostView, { machine, cpus, memory }: Request) =>
  templates.some(
    one => one.state === 'ready' && one.machine === machine && one.cpus === cpus && one.memory === memory,
  )

const whyNone = (status: (string | undefined)[]): ErrorCode => {
  if (status.includes('preparing')) return 'machine-preparing'
  return status.includes('missing') ? 'machine-missing' : 'no-host'
}

const placed = (host: HostView, running: readonly SessionRecord[]) =>
  running.filter(({ state }) => 'host' in state && state.host === host.host)

const freeMemory = (host: HostView, running: readonly SessionRecord[]) =>
  placed(host, running).reduce((left, { state }) => left - (state.request?.memory ?? 0), host.memory)
