import type { Rfb } from '../../harness/rfb.ts'

const DOWN = 0xff54

/**
 * Milliseconds from a key press to a changed pixel: on the desktop it moves from icon to icon. Undefined when nothing
 * has changed within the limit.
 */
export async function answersKey(rfb: Rfb, limit: number): Promise<number | undefined> {
  // The desktop takes keys after a click on an empty place of it.
  for (const buttons of [0, 1, 0]) rfb.point(640, 120, buttons)
  await within(rfb.update(true), 1000)
  const before = Buffer.from(rfb.frame)
  const start = performance.now()
  rfb.press(DOWN)
  while (performance.now() - start < limit) {
    await within(rfb.update(true), limit - (performance.now() - start))
    if (!rfb.frame.equals(before)) return performance.now() - start
  }
  return undefined
}

const within = (work: Promise<void>, limit: number) =>
  Promise.race([work, new Promise<void>(resolve => setTimeout(resolve, limit))])
