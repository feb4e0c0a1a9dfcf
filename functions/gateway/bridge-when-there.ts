import type { WebSocket } from 'ws'
import type { Bus } from '../../config/bus/connect.ts'
import { tellKeys } from '../../config/bus/read-bucket.ts'
import { parseRecord } from '../../config/session/record.ts'
import { hasDisplay, mayShow } from '../../config/session/state.ts'
import { bridge, CLOSE, type Viewer } from './bridge.ts'
import type { ReadBuffers } from './read-buffers.ts'

/**
 * A viewer that came before the display: its websocket is open already, and is bridged in the moment in which its
 * session has one. RFB's server speaks first, so nothing of the viewer's is lost meanwhile.
 */
export async function bridgeWhenThere(
  bus: Bus,
  session: string,
  path: string,
  buffers: ReadBuffers,
  viewer: Viewer,
): Promise<void> {
  const { ws } = viewer
  const isThere = await becomesThere(bus, session, ws).catch(() => false)
  if (isThere) await bridge(path, buffers, async () => viewer).catch(() => gone(ws))
  else gone(ws)
}

const gone = (ws: WebSocket) => ws.close(CLOSE.over, 'the display is gone')

/** False when the session ends without one, or the viewer has left. */
async function becomesThere(bus: Bus, session: string, ws: WebSocket): Promise<boolean> {
  const left = new AbortController()
  const leave = () => left.abort()
  ws.once('close', leave)
  try {
    for await (const { value } of tellKeys(bus, 'sessions', session, left.signal)) {
      if (value === undefined) return false
      const { state } = parseRecord(value)
      if (hasDisplay(state)) return true
      if (!mayShow(state.state)) return false
    }
    return false
  } finally {
    ws.off('close', leave)
  }
}
