import type RFB from '@novnc/novnc'
import { api } from '../live/api.ts'
import { socketAt } from '../live/site.ts'

/** Milliseconds in which the other side must have said who it is. */
const PATIENCE = 10_000

export type Connection = {
  rfb: RFB
  socket: WebSocket
  /** Holds the canvas, above those of earlier connections. */
  layer: HTMLElement
  canvas: HTMLCanvasElement
  lost: Promise<void>
}

/**
 * One display connection, from a ticket to the first greeting.
 * @throws Problem when no ticket is given, Error when the display does not open
 */
export async function connect(sessionId: string, parent: HTMLElement): Promise<Connection> {
  const [{ default: Rfb }, { ticket }] = await Promise.all([import('@novnc/novnc'), api.ticket(sessionId)])
  const layer = document.createElement('div')
  layer.className = 'display-layer'
  parent.append(layer)

  const address = socketAt(`api/sessions/${sessionId}/display`)
  const socket = new WebSocket(address, ['binary', `ticket.${ticket}`])
  const rfb = new Rfb(layer, socket)
  // Until its first frame the new canvas is clear, and the last picture of the old one shows through.
  rfb.background = 'transparent'
  const lost = new Promise<void>(resolve => rfb.addEventListener('disconnect', () => resolve()))
  const canvas = layer.querySelector('canvas')
  try {
    await greeting(rfb, lost)
    if (!canvas) throw new Error('noVNC made no canvas')
    return { rfb, socket, layer, canvas, lost }
  } catch (cause) {
    rfb.disconnect()
    layer.remove()
    throw cause
  }
}

function greeting(rfb: RFB, lost: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the display did not answer')), PATIENCE)
    rfb.addEventListener('connect', () => {
      clearTimeout(timer)
      resolve()
    })
    void lost.then(() => {
      clearTimeout(timer)
      reject(new Error('the display closed'))
    })
  })
}
