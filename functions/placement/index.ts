import { readCatalogue } from '../../config/catalogue.ts'
import { commandData } from '../../config/contract/commands.ts'
import type { Envelope } from '../../config/contract/envelope.ts'
import { checkNames } from '../../config/contract/names.ts'
import { readSubject } from '../../config/contract/subjects.ts'
import { traceparentOf } from '../../config/contract/trace.ts'
import { DartsError, toDartsError } from '../../config/errors.ts'
import { folders } from '../../config/folders.ts'
import { completeRequest } from '../../config/session/complete-request.ts'
import type { Order } from '../../config/session/decide.ts'
import type { FunctionContext, Message } from '../runtime/function.ts'
import { chooseHost } from './choose-host.ts'
import { Places } from './places.ts'

const places = new Places()

export const run = (context: FunctionContext) => places.follow(context)

/**
 * The one consumer of the users' commands: rights, limits and the place are decided here, under compare-and-set,
 * whoever published: an HTTP function or a program on NATS.
 */
export async function handle(message: Message, context: FunctionContext): Promise<void> {
  const { who, session, what } = readSubject(message.subject)
  checkNames(who, session)
  if (what === 'create') await create(who, session, message, context)
  else await stop(who, session, message, context)
}

async function create(
  owner: string,
  id: string,
  { envelope }: Message,
  { store, settings, log }: FunctionContext,
) {
  const first = firstOf(owner, envelope)
  let { record } = await requested()
  if (record.owner !== owner) throw new DartsError('not-allowed', `session ${id} is of somebody else`)
  if (record.state.state === 'requested') {
    await places.known
    const { request } = record.state
    const choice = chooseHost(owner, request, places.sessions, places.hosts, settings, Date.now())
    const order: Order =
      'refuse' in choice ? { order: 'fail', code: choice.refuse } : { order: 'place', ...choice }
    record = (await store.change(id, order)).record
    places.take(record)
    log.info(choice, 'decided')
  }
  await store.sendStep(record)

  async function requested() {
    try {
      const catalogue = await readCatalogue(folders(settings))
      const request = completeRequest(commandData('create', envelope), catalogue, settings, new Date())
      return await store.change(id, { order: 'create', request }, first)
    } catch (thrown) {
      const { code, text, message, retry } = toDartsError(thrown)
      if (retry) throw thrown
      const said = message === text ? text : `${text} (${message})`
      return await store.change(id, { order: 'refuse', code, text: said }, first)
    }
  }
}

async function stop(who: string, id: string, { envelope }: Message, { store, settings }: FunctionContext) {
  commandData('stop', envelope)
  const known = await store.get(id)
  if (known && known.owner !== who && !settings.admins.includes(who) && who !== '_expiry')
    throw new DartsError('not-allowed', `${who} may not stop session ${id}`)
  const first = firstOf(who, envelope)
  const reason = who === '_expiry' ? 'expired' : 'stopped'
  const { record } = await store.change(id, { order: 'end', reason }, first)
  await store.sendStep(record)
}

/** A program that sends no trace of its own gets one here: every session has one. */
const firstOf = (owner: string, { id, traceparent }: Envelope) => ({
  owner,
  correlationid: id,
  traceparent: traceparentOf(traceparent),
})
