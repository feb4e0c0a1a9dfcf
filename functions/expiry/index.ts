import { publish } from '../../config/bus/publish.ts'
import { onClockJump } from '../../config/clock.ts'
import { COMMANDS } from '../../config/contract/commands.ts'
import { envelope } from '../../config/contract/envelope.ts'
import { subjects } from '../../config/contract/subjects.ts'
import { sessionLog } from '../../config/log.ts'
import type { SessionRecord } from '../../config/session/record.ts'
import type { FunctionContext } from '../runtime/function.ts'
import { type Due, dueOf } from './due.ts'

/** Node's timers hold 31 bits of milliseconds; a longer wait is cut. */
const LONGEST = 2 ** 31 - 1
/** Milliseconds: timers are not exact. */
const EARLY = 1000
const AGAIN = 10_000

/** Warns of the end, ends what is over time, and forgets what has long ended. One timer for each thing due. */
export async function run({ bus, store, log, signal }: FunctionContext): Promise<void> {
  const timers = new Map<string, Set<NodeJS.Timeout>>()
  const records = new Map<string, SessionRecord>()

  function plan(record: SessionRecord) {
    clear(record.id)
    const now = Date.now()
    const due = dueOf(record.state, now, Date.parse(record.pending.at(-1)?.time ?? '') || now)
    for (const one of due) at(record, one, one.at)
  }

  /** What fails, or is not heeded, is done again until the session's state changes, which plans anew. */
  function at(record: SessionRecord, due: Due, time: number) {
    const wait = Math.max(0, time - Date.now())
    const timer = setTimeout(
      async () => {
        pending.delete(timer)
        // It was cut, or the clock was set back meanwhile.
        if (time - Date.now() > EARLY) return at(record, due, time)
        const done = await act(record, due).then(
          () => due.do !== 'expire',
          err => sessionLog(log, record).error({ err }, 'could not do what was due'),
        )
        if (!done && timers.get(record.id) === pending) at(record, due, Date.now() + AGAIN)
      },
      Math.min(wait, LONGEST),
    )
    const pending = pendingOf(record.id)
    pending.add(timer)
  }

  function pendingOf(id: string): Set<NodeJS.Timeout> {
    const known = timers.get(id) ?? new Set()
    timers.set(id, known)
    return known
  }

  async function act(record: SessionRecord, due: Due) {
    const { id, traceparent } = record
    sessionLog(log, record).info({ due }, 'due')
    if (due.do === 'forget') return store.forget(id)
    if (due.do === 'expire')
      return publish(
        bus,
        subjects.command('_expiry', id, 'stop'),
        envelope(COMMANDS.stop.type, 'expiry', {}, { subject: id, traceparent }),
      )
    const { minutes } = due
    const expiresAt = record.state.request?.expiresAt ?? ''
    await store.tell(record, { fact: 'warned', minutes, expiresAt }, `${id}.warned.${minutes}.${expiresAt}`)
  }

  function clear(id: string) {
    for (const timer of timers.get(id) ?? []) clearTimeout(timer)
    timers.delete(id)
  }

  const planAll = () => [...records.values()].forEach(plan)
  onClockJump(planAll, signal)
  for await (const record of store.watch(signal)) {
    if (!record) continue
    if ('gone' in record) {
      records.delete(record.id)
      clear(record.id)
    } else {
      records.set(record.id, record)
      plan(record)
    }
  }
  for (const id of [...timers.keys()]) clear(id)
}
