import type { Darts } from './darts.ts'

/** Reads the server-sent events of a session until this fact; an end that was not waited for is an error. */
export async function until({ api }: Pick<Darts, 'api'>, session: string, fact: string): Promise<void> {
  const answer = await api(`/api/sessions/${session}/events`)
  let text = ''
  for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(part)
    if (text.includes(`"darts.session.${fact}.v1"`)) return
    const failed = /^data: (.*darts\.session\.(failed|ended)\.v1.*)$/m.exec(text)
    if (failed) throw new Error(`session ${session}: ${failed[1]}`)
  }
  throw new Error(`the events of ${session} ended before ${fact}`)
}
