import type { OnReadOpts } from 'node:net'
import { frameAround, frameOf, HEAD } from './frame.ts'
import type { ReadBuffers } from './read-buffers.ts'

/** Sends a frame, calls `sent` when its bytes are needed no more, and returns whether reading may go on. */
type Send = (frame: Buffer, size: number, sent: () => void) => boolean

/**
 * Makes websocket frames of what is read from a display. An idle viewer holds no buffer: all wait on the shared one.
 *
 *   less than the shared buffer holds   copied out of it and sent
 *   the shared buffer is full           moved into a large one, and the next read goes behind it; libuv reads again
 *                                       at once. Both are one frame, sent from where they lie.
 */
export function readFrames(buffers: ReadBuffers, send: Send) {
  const { shared } = buffers
  let large: Buffer | undefined
  /** What was read into the large one and is not sent yet. */
  let from = HEAD
  let to = HEAD

  function read(size: number): boolean {
    if (large) return sendLarge(large, size)
    if (size === shared.length) large = buffers.take()
    if (!large) return send(frameOf(shared.subarray(0, size)), size, () => {})
    large.set(shared, HEAD)
    from = HEAD
    to = HEAD + size
    setImmediate(flush)
    return true
  }

  function sendLarge(whole: Buffer, size: number): boolean {
    large = undefined
    return send(frameAround(whole, from, to + size), to + size - from, () => buffers.giveBack(whole))
  }

  /** Nothing came behind: the next read still goes there, so what is sent now is a copy. */
  function flush(): void {
    if (!large || from === to) return
    send(frameOf(large.subarray(from, to)), to - from, () => {})
    from = to
  }

  /** To be called when the display is closed: sends what is left. */
  function end(): void {
    flush()
    if (large) buffers.giveBack(large)
    large = undefined
  }

  const onread: OnReadOpts = { buffer: () => large?.subarray(to) ?? shared, callback: read }
  return { onread, end }
}
