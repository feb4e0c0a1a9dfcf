import { createReadStream } from 'node:fs'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { Hono } from 'hono'
import { readHosts } from '../../config/bus/hosts.ts'
import { type CatalogueEntry, readCatalogue } from '../../config/catalogue.ts'
import type { MachineView } from '../../config/contract/api.ts'
import { DartsError } from '../../config/errors.ts'
import { folders } from '../../config/folders.ts'
import type { HostView } from '../../config/host-view.ts'
import { lifetimeSeconds } from '../../config/lifetime.ts'
import type { Settings } from '../../config/settings.ts'
import type { FunctionContext } from '../runtime/function.ts'
import { httpApp } from '../runtime/http-app.ts'

const TYPES: Record<string, string> = { '.webp': 'image/webp', '.png': 'image/png', '.jpg': 'image/jpeg' }

export async function http({ bus, settings }: FunctionContext): Promise<Hono> {
  const app = httpApp()

  app.get('/api/machines', async c => {
    const [catalogue, hosts] = await Promise.all([readCatalogue(folders(settings)), readHosts(bus)])
    return c.json([...catalogue.values()].map(machine => viewOf(machine, hosts, settings)))
  })

  app.get('/api/machines/:name/picture', async c => {
    const machine = (await readCatalogue(folders(settings))).get(c.req.param('name'))
    const type = TYPES[extname(machine?.picture ?? '')]
    if (!machine?.picture || !type) throw new DartsError('not-found', 'this machine has no picture')
    const file = createReadStream(join(machine.folder, machine.picture))
    await new Promise((resolve, reject) => file.once('open', resolve).once('error', reject)).catch(cause => {
      throw new DartsError('not-found', 'the picture is missing', { cause })
    })
    return c.body(Readable.toWeb(file) as ReadableStream, 200, {
      'content-type': type,
      'cache-control': 'private, max-age=3600',
    })
  })
  return app
}

function viewOf(machine: CatalogueEntry, hosts: HostView[], settings: Settings): MachineView {
  const { name, title, description, flavor } = machine
  return {
    name,
    title,
    description,
    ...(machine.picture && { picture: `api/machines/${name}/picture` }),
    cpus: flavor.cpus,
    memory: flavor.memory,
    lifetime: {
      choices: settings.lifetimes.map(lifetimeSeconds),
      default: lifetimeSeconds(settings.lifetimeDefault),
    },
    warm: hosts.flatMap(({ templates }) =>
      templates
        .filter(({ machine: of, state }) => of === name && state === 'ready')
        .map(({ cpus, memory }) => ({ cpus, memory })),
    ),
    status: statusOf(name, hosts),
  }
}

/** The best that any host says of it. */
function statusOf(name: string, hosts: HostView[]): MachineView['status'] {
  const all = hosts.map(({ machines }) => machines[name]).filter(status => status !== undefined)
  return (
    all.find(({ state }) => state === 'ready') ??
    all.find(({ state }) => state === 'preparing') ??
    all[0] ?? { state: hosts.length === 0 ? 'preparing' : 'missing' }
  )
}
