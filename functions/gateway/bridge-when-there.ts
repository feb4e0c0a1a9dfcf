import type { KV } from '@nats-io/kv'
import type { WebSocket } from 'ws'
import { parseRecord } from '../../config/session/record.ts'
import { hasDisplay, mayShow } from '../../config/session/state.ts'
import { bridge, CLOSE, type Viewer } from './bridge.ts'
import type { ReadBuffers } from './read-buffers.ts'

/**
 * A viewer that came before the display: its websocket is open already, and is bridged in the moment in which its
 * session has one. RFB's server speaks first, so nothing of the viewer's is lost meanwhile.
 */
export async function bridgeWhenThere(
  sessions: KV,
  session: string,
  path: string,
  buffers: ReadBuffers,
  viewer: Viewer,
): Promise<void> {
  const { ws } = viewer
  const isThere = await becomesThere(sessions, session, ws).catch(() => false)
  if (isThere) await bridge(path, buffers, async () => viewer).catch(() => gone(ws))
  else gone(ws)
}

const gone = (ws: WebSocket) => ws.close(CLOSE.over, 'the display is gone')

/** False when the session ends without one, or the viewer has left. */
async function becomesThere(sessions: KV, key: string, ws: WebSocket): Promise<boolean> {
  const entries = await sessions.watch({ key })
  const leave = () => entries.stop()
  ws.once('close', leave)
  try {
    for await (const entry of entries) {
      if (entry.operation !== 'PUT') return false
      const { state } = parseRecord(entry.string())
      if (hasDisplay(state)) return true
      if (!mayShow(state.state)) return false
    }
    return false
  } finally {
    ws.off('close', leave)
    entries.stop()
  }
}
