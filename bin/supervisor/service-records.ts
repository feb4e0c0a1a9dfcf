import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../../config/bus/connect.ts'
import { publish } from '../../config/bus/publish.ts'
import type { ServiceView } from '../../config/contract/api.ts'
import { type Envelope, envelope } from '../../config/contract/envelope.ts'
import { SERVICE_DIED, type ServiceDied } from '../../config/contract/services.ts'
import { subjects } from '../../config/contract/subjects.ts'
import type { Log } from '../../config/log.ts'

const AGAIN = 500
/** Deaths that are kept while the bus is away. */
const MOST = 1000

/**
 * Writes the state of each process into the bucket `services`, and each unexpected end into the event stream. What
 * happens while there is no bus, the end of NATS itself too, is told as soon as there is one.
 */
export function serviceRecords(log: Log) {
  const known = new Map<string, ServiceView>()
  /** Names of those that are to be told. */
  const waiting = new Set<string>()
  const deaths: Envelope[] = []
  let bus: Bus | undefined
  let writing: Promise<void> | undefined

  function write() {
    if (bus) writing ??= writeAll(bus).finally(() => (writing = undefined))
  }

  async function writeAll(to: Bus) {
    while (waiting.size + deaths.length > 0)
      await writeOne(to).catch(err => {
        log.warn({ err }, 'the state of the services was not told, will be tried again')
        return sleep(AGAIN)
      })
  }

  async function writeOne(to: Bus) {
    const [death] = deaths
    if (death) {
      await publish(to, subjects.serviceDied(death.subject ?? ''), death)
      if (deaths[0] === death) deaths.shift()
    }
    const [name = ''] = waiting
    const view = known.get(name)
    if (!view) return
    await (await to.bucket('services')).put(name, JSON.stringify(view))
    if (known.get(name) === view) waiting.delete(name)
  }

  return {
    changed(view: ServiceView) {
      known.set(view.name, view)
      waiting.add(view.name)
      write()
    },
    died(death: ServiceDied) {
      deaths.push(envelope(SERVICE_DIED, 'supervisor', { ...death }, { subject: death.service }))
      if (deaths.length > MOST) deaths.shift()
      write()
    },
    /** Also again: everything is told anew then. */
    connected(to: Bus) {
      bus = to
      for (const name of known.keys()) waiting.add(name)
      write()
    },
    /** Everything is told, or the time is over. */
    flush: (milliseconds: number) => Promise.race([writing, sleep(milliseconds)]),
  }
}
