import { Counter, Gauge, Registry } from 'prom-client'
import type { Bus } from '../../config/bus/connect.ts'
import { isSilent } from '../../config/host-view.ts'
import { STATE_NAMES } from '../../config/session/state.ts'
import type { Known } from './known.ts'
import { readQueues } from './queues.ts'

/** What there is in this moment, in a registry of its own: what is gone leaves nothing behind. */
export async function gaugesOf(bus: Bus, known: Known, viewers: number): Promise<Registry> {
  const registry = new Registry()
  const common = { registers: [registry] }
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge({ ...common, name, help, labelNames })
  const total = (name: string, help: string) =>
    new Counter({ ...common, name, help, labelNames: ['function'] })

  const sessions = gauge('darts_sessions', 'Sessions by state.', ['state'])
  for (const state of STATE_NAMES) sessions.set({ state }, 0)
  for (const state of known.sessions.values()) sessions.inc({ state })
  gauge('darts_viewers', 'Displays that are open in a browser.').set(viewers)

  const running = gauge('darts_function_running', 'Whether a function runs.', ['function'])
  const calls = total('darts_function_calls_total', 'Calls and messages that a function has handled.')
  const failures = total('darts_function_failures_total', 'Those of them that failed.')
  const restarts = total('darts_function_restarts_total', 'Times that a function was started again.')
  for (const view of known.functions.values()) {
    const labels = { function: view.name }
    running.set(labels, view.state === 'running' ? 1 : 0)
    calls.inc(labels, view.calls)
    failures.inc(labels, view.failures)
    restarts.inc(labels, view.restarts)
  }

  const up = gauge('darts_host_up', 'Whether a host was heard of lately.', ['host'])
  const templates = gauge('darts_host_templates', 'Templates of a host by state.', ['host', 'state'])
  const copies = gauge('darts_host_pool_copies', 'Copies that wait for a user.', ['host', 'template'])
  for (const view of known.hosts.values()) {
    const { host } = view
    up.set({ host }, isSilent(view, Date.now()) ? 0 : 1)
    for (const state of ['ready', 'building', 'failed'])
      templates.set({ host, state }, view.templates.filter(one => one.state === state).length)
    for (const { name, pool } of view.templates) copies.set({ host, template: name }, pool)
  }

  const queues = await readQueues(bus)
  gauge('darts_nats_up', 'Whether JetStream answers; without it there are no queue figures.').set(
    queues ? 1 : 0,
  )
  if (!queues) return registry
  const queue = gauge('darts_queue_messages', 'Messages that wait or are being worked on.', ['stream'])
  for (const [stream, messages] of Object.entries(queues.waiting)) queue.set({ stream }, messages)
  gauge('darts_dead_letters', 'Messages of the last 30 days that could not be handled.').set(queues.dead)
  return registry
}
