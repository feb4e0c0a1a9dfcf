import { connectAs } from '../config/bus/address.ts'
import type { Bus } from '../config/bus/connect.ts'
import { type SessionStore, sessionStore } from '../config/bus/session-store.ts'
import { type Catalogue, readCatalogue } from '../config/catalogue.ts'
import { type Folders, folders } from '../config/folders.ts'
import { type Log, makeLog } from '../config/log.ts'
import type { Settings } from '../config/settings.ts'
import { destroyClone } from './clones/clone.ts'
import { makeWaitingClone } from './clones/make-waiting-clone.ts'
import { Pool } from './clones/pool.ts'
import type { Desktop } from './desktop.ts'
import { Exclusive } from './exclusive.ts'
import { HostStatus } from './host-status.ts'
import { findLimiter } from './limits/find-limiter.ts'
import type { Limiter } from './limits/limiter.ts'
import type { Engine } from './prepare/engine.ts'
import { Templates } from './templates/templates.ts'
import { systemUsers, type Users } from './users.ts'

/** What every part of the host-runner works with. */
export type Context = {
  settings: Settings
  folders: Folders
  log: Log
  bus: Bus
  store: SessionStore
  users: Users
  catalogue: Catalogue
  limiter: Limiter
  status: HostStatus
  /** One step of a session at a time. */
  exclusive: Exclusive
  /** The running desktops that are monitored. */
  desktops: Map<string, Desktop>
  templates: Templates
  pool: Pool
  /** How QEMU runs here; known when the host is prepared for it. */
  engine: Promise<Engine>
  /** Folder of the appliance of libguestfs; there when it is built. */
  appliance: Promise<string>
  prepared: { engine: (engine: Engine) => void; appliance: (folder: string) => void }
  /** Aborted when the runner stops; desktops run on. */
  stopping: AbortController
}

export async function makeContext(settings: Settings): Promise<Context> {
  const engine = Promise.withResolvers<Engine>()
  const appliance = Promise.withResolvers<string>()
  const source = `host-runner/${settings.host}`
  const all = folders(settings)
  const users = systemUsers()
  const catalogue = await readCatalogue(all)
  const limiter = await findLimiter(settings)
  const log = makeLog('host-runner', settings.logLevel)
  const bus = await connectAs(settings, `runner-${settings.host}`)
  const context: Omit<Context, 'templates' | 'pool'> = {
    settings,
    folders: all,
    log,
    bus,
    store: sessionStore(bus, source, (err, sessionId) => log.warn({ err, sessionId }, 'session left alone')),
    users,
    catalogue,
    limiter,
    status: new HostStatus(bus, settings, source, log),
    exclusive: new Exclusive(),
    desktops: new Map(),
    engine: engine.promise,
    appliance: appliance.promise,
    prepared: { engine: engine.resolve, appliance: appliance.resolve },
    stopping: new AbortController(),
  }
  return withClones(context)
}

/** Templates and pool work with the whole context, which they are a part of. */
function withClones(parts: Omit<Context, 'templates' | 'pool'>): Context {
  const { settings, log } = parts
  const context = parts as Context
  context.templates = new Templates(context)
  context.pool = new Pool({
    max: settings.poolMax,
    reserve: settings.poolReserve,
    wanted: () => context.templates.waiting(),
    make: template => makeWaitingClone(context, template),
    destroy: clone => destroyClone(context, clone),
    changed: () => context.templates.tell(),
    log,
  })
  return context
}
