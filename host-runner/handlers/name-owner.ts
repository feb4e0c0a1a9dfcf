import { IdentityChannel, startHelper } from '../clones/identity-channel.ts'
import { hostnameOf, nameOrders, ownerOrders } from '../clones/orders.ts'
import type { Context } from '../context.ts'
import type { Session } from '../steps.ts'
import { machineOf } from './create-overlay.ts'

const LIMIT = 30_000

/**
 * Gives a guest that has booted by itself the names that a clone gets too: host name, host key, its owner's account.
 * A guest whose agent cannot do it keeps that of its image.
 */
export async function nameOwner(context: Context, session: Session, signal: AbortSignal): Promise<void> {
  const { id, files, record, log } = session
  const { ready, account, name } = machineOf(context, session)
  if (!ready.includes('agent')) return
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT)])
  try {
    await startHelper(files.agent, limit)
    const channel = await IdentityChannel.open(files.identity)
    const orders = [...nameOrders(hostnameOf(name, id)), ...ownerOrders(record.owner, account)]
    await channel.send(orders, limit).finally(() => channel.close())
  } catch (err) {
    signal.throwIfAborted()
    log.warn({ err }, 'the guest has kept the identity of its image')
  }
}
