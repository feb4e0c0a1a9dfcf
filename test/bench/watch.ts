import type { Rfb } from '../harness/rfb.ts'

/** Colours in the frame from which on it is a desktop: its wallpaper has hundreds, a text console a few. */
const DRAWN = 300

/** Milliseconds from `start` to the first whole frame of a display, and to its drawn desktop. */
export async function watch(rfb: Rfb, start: number): Promise<{ first: number; drawn: number }> {
  rfb.nudge()
  await rfb.update(false)
  const first = performance.now() - start
  while (rfb.colours() < DRAWN) await rfb.update(true)
  const drawn = performance.now() - start
  rfb.close()
  return { first, drawn }
}
