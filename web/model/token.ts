/** The token in what was pasted: the token itself, or the whole address that the terminal shows. */
export function tokenOf(pasted: string): string {
  const text = pasted.trim()
  return /[?&]token=([^&#\s]+)/.exec(text)?.[1] ?? text
}
