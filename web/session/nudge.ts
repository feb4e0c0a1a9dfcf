/** Milliseconds: QEMU's shortest interval between two looks at its display, and how long an answer may take. */
const EVERY = 30
const FOR = 240

/**
 * Tells the desktop again where the pointer is, for a moment after each key, click, move or picture.
 *
 * QEMU looks at its display 30 ms after such a message, and then ever more seldom while it can send nothing: 80, 130,
 * 180 ms later (`VNC_REFRESH_INTERVAL_INC` in its ui/vnc.c). So on a slow line it takes what moves for what is still,
 * and does not use JPEG where it is needed most; and a guest that takes 115 ms to draw a letter is seen after 240. Each
 * message makes it look every 30 ms again; a pointer that has not moved is no event to the guest's programs. Measured
 * in test/bench/remote-feel.ts: three times the frames of a moving picture over 20 Mbit/s and 50 ms, keys about the same
 * for a guest that draws faster than that.
 */
export function nudge(canvas: HTMLCanvasElement, socket: WebSocket) {
  let pointer: { clientX: number; clientY: number } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let until = 0

  const tell = () => {
    timer = undefined
    if (!pointer || performance.now() > until || socket.readyState !== WebSocket.OPEN) return
    // noVNC takes it as a move, without looking at its buttons.
    canvas.dispatchEvent(new MouseEvent('mousemove', pointer))
    timer = setTimeout(tell, EVERY)
  }
  const begin = (event: Event) => {
    if (!event.isTrusted) return
    if (event instanceof MouseEvent) pointer = { clientX: event.clientX, clientY: event.clientY }
    until = performance.now() + FOR
    clearTimeout(timer)
    timer = setTimeout(tell, EVERY)
  }
  for (const type of ['keydown', 'keyup', 'mousemove', 'mousedown', 'mouseup', 'wheel'])
    canvas.addEventListener(type, begin, { capture: true, passive: true })
  socket.addEventListener('message', () => {
    until = performance.now() + FOR
    timer ??= setTimeout(tell, EVERY)
  })
}
