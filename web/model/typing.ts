const BACKSPACE = 0xff08
const RETURN = 0xff0d
const TAB = 0xff09

/** The X11 keysym of a character; the Unicode range of keysyms begins at 0x01000000. */
export function keysymOf(char: string): number {
  if (char === '\n') return RETURN
  if (char === '\t') return TAB
  const point = char.codePointAt(0) ?? 0
  const isLatin1 = (point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff)
  return isLatin1 ? point : 0x01000000 | point
}

/**
 * The keys that turn one text into the other, seen from its end. On-screen keyboards do not tell keys:
 * they replace text (a suggestion, a swipe), so a difference is all there is.
 */
export function keysBetween(before: string, after: string): number[] {
  const [old, now] = [Array.from(before), Array.from(after)]
  let same = 0
  while (same < old.length && same < now.length && old[same] === now[same]) same++
  return [...Array<number>(old.length - same).fill(BACKSPACE), ...now.slice(same).map(keysymOf)]
}
