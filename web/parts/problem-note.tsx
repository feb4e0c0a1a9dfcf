import type { Problem } from '../live/problem.ts'
import { words } from '../words.ts'
import { Icon } from './icon.tsx'

/** What went wrong and what to do, at the place where it happened. */
export const ProblemNote = ({ problem }: { problem: Problem }) => {
  const advice = words.problem.advice[problem.code]
  return (
    <div class="note bad" role="alert">
      <Icon name="alert" />
      <div>
        <p>{problem.text}</p>
        {advice && <p>{advice}</p>}
        {problem.detail && <p class="note-detail">{problem.detail}</p>}
      </div>
    </div>
  )
}
