import type RFB from '@novnc/novnc'

/** Milliseconds: QEMU's shortest interval between two looks at its display, and how long an answer may take. */
const EVERY = 30
const FOR = 240
/** A key that no desktop needs: its release, when it was not held, goes no further than QEMU. */
const SCROLL_LOCK = 0xff14

/**
 * Keeps the display awake for a moment after each key, click, move or picture.
 *
 * QEMU looks at its display 30 ms after a message of the viewer, and then ever more seldom while it can send nothing:
 * 80, 130, 180 ms later (`VNC_REFRESH_INTERVAL_INC` in its ui/vnc.c). So the first frame of a display that was idle
 * waits, on a slow line what moves is taken for what is still, and a guest that takes 115 ms to draw a letter is seen
 * after 240. Each message makes it look every 30 ms again. Measured in test/bench/remote-feel.ts.
 */
export function nudge(rfb: RFB, canvas: HTMLCanvasElement, socket: WebSocket) {
  let isAwake = false
  let until = 0

  const tell = () => {
    isAwake = performance.now() < until && socket.readyState === WebSocket.OPEN
    if (!isAwake) return
    rfb.sendKey(SCROLL_LOCK, null, false)
    setTimeout(tell, EVERY)
  }
  const begin = () => {
    until = performance.now() + FOR
    if (isAwake) return
    isAwake = true
    setTimeout(tell, EVERY)
  }
  for (const type of ['keydown', 'keyup', 'mousemove', 'mousedown', 'mouseup', 'wheel'])
    canvas.addEventListener(type, begin, { capture: true, passive: true })
  socket.addEventListener('message', begin)
  rfb.sendKey(SCROLL_LOCK, null, false)
}
