import * as v from 'valibot'
import { Buried } from '../../config/contract/dead-letter.ts'
import { Principal, SessionId } from '../../config/contract/names.ts'
import { readSubject, subjects } from '../../config/contract/subjects.ts'
import { ERRORS } from '../../config/errors.ts'
import type { FunctionContext, Message } from '../runtime/function.ts'

/** Whoever was told that a create is accepted reads how it ended, also when nobody could handle it. */
export async function failCreate({ envelope: { id, data } }: Message, { store }: FunctionContext) {
  const { code, subject } = v.parse(Buried, data)
  const { who, session } = readSubject(subject)
  const isCreate = subject === subjects.command(who, session, 'create')
  // Of a session that cannot be read there is a record already.
  if (!isCreate || !v.is(Principal, who) || !v.is(SessionId, session) || code === 'unreadable') return
  const order = { order: 'refuse', code, text: ERRORS[code].text } as const
  await store.change(session, order, { owner: who, correlationid: id })
}
