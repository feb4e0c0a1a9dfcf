import { once } from 'node:events'
import { createWebSocketStream } from 'ws'
import { connectAs } from '../../../config/bus/address.ts'
import { readHosts } from '../../../config/bus/hosts.ts'
import type { SessionView, Ticket } from '../../../config/contract/api.ts'
import type { HostView } from '../../../config/host-view.ts'
import type { Settings } from '../../../config/settings.ts'
import { startDarts } from '../../harness/darts.ts'
import { Rfb } from '../../harness/rfb.ts'
import { until } from '../../harness/session-events.ts'
import { displaySocketOf } from '../../harness/viewer.ts'

export type WarmClick = {
  session: string
  /** Milliseconds from the POST to its answer, the ticket, the open websocket, RFB's greeting, the first whole frame. */
  times: { answered: number; ticket: number; opened: number; greeted: number; frame: number }
  colours: number
  rfb: Rfb
}

/** DARTS with the starter machine kept warm, and clicks on it as a page makes them; in folders that are there, or fresh. */
export async function warmSite(env: Record<string, string> = {}, settings?: Settings) {
  const darts = await startDarts(env, settings)
  const { api } = darts
  const bus = await connectAs(darts.settings, 'cli')

  /** Resolves when the starter machine's template is there and as many of its clones wait. */
  async function waiting(count: number): Promise<void> {
    const there = ([host]: HostView[]) =>
      host?.templates.some(
        ({ machine, state, pool }) => machine === 'starter' && state === 'ready' && pool >= count,
      )
    if (there(await readHosts(bus))) return
    for await (const entry of await (await bus.bucket('hosts')).watch())
      if (there([entry.json<HostView>()])) return
  }

  /** Asks for a session, opens its display before it is there, and waits for its first whole frame. */
  async function open(): Promise<WarmClick> {
    const start = performance.now()
    const since = () => performance.now() - start
    const created = await api('/api/sessions', { method: 'POST', body: '{"machine":"starter"}' })
    const { id } = (await created.json()) as SessionView
    const answered = since()
    const { ticket } = (await (await api(`/api/sessions/${id}/tickets`, { method: 'POST' })).json()) as Ticket
    const ticketed = since()
    const socket = displaySocketOf(darts, id, ticket)
    const stream = createWebSocketStream(socket)
    await once(socket, 'open')
    const opened = since()
    const rfb = await Rfb.open(stream)
    const greeted = since()
    rfb.nudge()
    await rfb.update(false)
    const times = { answered, ticket: ticketed, opened, greeted, frame: since() }
    return { session: id, times, colours: rfb.colours(), rfb }
  }

  async function stop({ session, rfb }: WarmClick): Promise<void> {
    rfb.close()
    await api(`/api/sessions/${session}`, { method: 'DELETE' })
    await until(darts, session, 'ended')
  }

  const dispose = async () => {
    await bus.close()
    await darts.stop('SIGINT')
  }
  await waiting(0)
  return { darts, bus, waiting, open, stop, [Symbol.asyncDispose]: dispose }
}
export type WarmSite = Awaited<ReturnType<typeof warmSite>>

/** A frame with fewer colours is no desktop. */
export function mustBeDesktop({ colours }: WarmClick): void {
  if (colours < 300) throw new Error(`the first frame has ${colours} colours: that is no desktop`)
}
