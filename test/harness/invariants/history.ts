import { type StateName, TAKES } from '../../../config/session/state.ts'
import type { Kept, Told } from './streams.ts'

const isEnd = (fact: string) => fact === 'ended' || fact === 'failed'

/**
 * What is wrong with the facts of one session: each has the id `<session>.<n>`, they are consecutive and there once,
 * each follows from the one before, and the last is what its key says. `settled`: none may be still on its way.
 */
export function wrongInHistory(
  session: string,
  told: Told[],
  kept: Kept | undefined,
  settled: boolean,
): string[] {
  const wrong: string[] = []
  const seen = new Set<string>()
  const once = told.filter(({ id, fact }) => {
    if (seen.has(id)) wrong.push(`session ${session}: ${fact} (${id}) was published twice`)
    return !seen.has(id) && seen.add(id)
  })
  once.forEach(({ id, fact }, i) => {
    if (id !== `${session}.${i + 1}`)
      wrong.push(`session ${session}: fact ${i + 1}, ${fact}, has the id ${id}`)
    const before = once[i - 1]?.fact as StateName | undefined
    if (before && !(TAKES[before] as readonly string[]).includes(fact))
      wrong.push(`session ${session}: ${fact} came after ${before}`)
  })
  const ends = once.filter(({ fact }) => isEnd(fact)).length
  if (ends > 1) wrong.push(`session ${session}: it has ended ${ends} times`)
  const last = once.at(-1)?.fact
  if (!kept) wrong.push(`session ${session}: facts were published, but it has no key`)
  else if (once.length > kept.n)
    wrong.push(`session ${session}: ${once.length} facts were published, its key knows ${kept.n}`)
  else if (settled && once.length < kept.n)
    wrong.push(`session ${session}: only ${once.length} of its ${kept.n} facts were published`)
  else if (settled && last !== kept.state.state)
    wrong.push(`session ${session}: its key says ${kept.state.state}, its last fact is ${last}`)
  return wrong
}
