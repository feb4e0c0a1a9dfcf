import { useState } from 'hono/jsx/dom'
import { api } from '../live/api.ts'
import { type Problem, toProblem } from '../live/problem.ts'
import type { Listed } from '../model/listing.ts'
import { words } from '../words.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { ProblemNote } from './problem-note.tsx'

/** Stops a session of a list after a question: `ask` puts it, `dialog` shows it and what went wrong. */
export function useStopping(heading: (session: Listed) => string) {
  const [asked, ask] = useState<Listed | undefined>(undefined)
  const [problem, setProblem] = useState<Problem | undefined>(undefined)

  const stop = async (id: string) => {
    ask(undefined)
    setProblem(undefined)
    await api.stop(id).catch(thrown => setProblem(toProblem(thrown)))
  }

  const dialog = (
    <>
      {problem && <ProblemNote problem={problem} />}
      {asked && (
        <ConfirmDialog
          heading={heading(asked)}
          text={words.stop.text}
          confirm={words.stop.confirm}
          cancel={words.stop.cancel}
          onConfirm={() => stop(asked.view.id)}
          onClose={() => ask(undefined)}
        />
      )}
    </>
  )
  return { ask, dialog }
}
