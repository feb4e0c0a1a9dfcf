import { once } from 'node:events'
import { createWebSocketStream } from 'ws'
import type { MachineView, SessionView, Ticket } from '../../config/contract/api.ts'
import { startDarts } from '../harness/darts.ts'
import { Rfb } from '../harness/rfb.ts'
import { until } from '../harness/session-events.ts'
import { displaySocketOf } from '../harness/viewer.ts'

export type WarmClick = {
  session: string
  /** Milliseconds from the POST to the answer, the open websocket, and the first whole frame. */
  answered: number
  opened: number
  frame: number
  colours: number
  rfb: Rfb
}

/** DARTS with the starter machine kept warm, and clicks on it as a page makes them: one after the other. */
export async function warmSite(env: Record<string, string> = {}) {
  const darts = await startDarts(env)
  const { api } = darts
  await warmIs(api, true)

  /** Asks for a session, opens its display before it is there, and waits for its first whole frame. */
  async function open(): Promise<WarmClick> {
    const start = performance.now()
    const since = () => performance.now() - start
    const created = await api('/api/sessions', { method: 'POST', body: '{"machine":"starter"}' })
    const { id } = (await created.json()) as SessionView
    const answered = since()
    const { ticket } = (await (await api(`/api/sessions/${id}/tickets`, { method: 'POST' })).json()) as Ticket
    const socket = displaySocketOf(darts, id, ticket)
    const stream = createWebSocketStream(socket)
    await once(socket, 'open')
    const opened = since()
    const rfb = await Rfb.open(stream)
    rfb.nudge()
    await rfb.update(false)
    return { session: id, answered, opened, frame: since(), colours: rfb.colours(), rfb }
  }

  async function stop(session: string): Promise<void> {
    await api(`/api/sessions/${session}`, { method: 'DELETE' })
    await until(darts, session, 'ended')
  }

  /** The same, and ends it again. */
  async function click(): Promise<WarmClick> {
    const clicked = await open()
    if (clicked.colours < 300) throw new Error(`the first frame has ${clicked.colours} colours: no desktop`)
    clicked.rfb.close()
    await stop(clicked.session)
    return clicked
  }

  return { darts, open, stop, click, [Symbol.asyncDispose]: () => darts.stop('SIGINT') }
}

/** Resolves when the starter machine has a template, and its clones wait. */
async function warmIs(api: Awaited<ReturnType<typeof startDarts>>['api'], wanted: boolean): Promise<void> {
  for (;;) {
    const machines = (await (await api('/api/machines')).json()) as MachineView[]
    const starter = machines.find(({ name }) => name === 'starter')
    if ((starter?.warm.length ?? 0) > 0 === wanted) return
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}
