import type { Socket } from 'node:net'
import { connectUnix } from '../unix-socket.ts'

/** RFB 3.8 without a password, a shared display, raw pixels. Source: RFC 6143. */
const GREETING = Buffer.concat([
  Buffer.from('RFB 003.008\n'),
  Buffer.from([1]),
  Buffer.from([1]),
  Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]),
])
/** The whole frame, whatever its size. */
const UPDATE = Buffer.from([3, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])

/**
 * Looks at the display of a clone that waits, and goes on looking: QEMU has drawn its frame once then, and its first
 * real viewer waits half as long for one. What it sends is thrown away.
 */
export async function wakeDisplay(path: string): Promise<Socket> {
  const viewer = await connectUnix(path)
  viewer.resume()
  viewer.write(Buffer.concat([GREETING, UPDATE]))
  return viewer
}
