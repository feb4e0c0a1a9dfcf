import { connectAs } from '../../config/bus/address.ts'
import type { Bus } from '../../config/bus/connect.ts'
import { readFunctions } from '../../config/bus/functions.ts'
import { readHosts } from '../../config/bus/hosts.ts'
import type { Settings } from '../../config/settings.ts'
import type { Finding } from './checks.ts'

export async function checkBus(settings: Settings): Promise<Finding[]> {
  try {
    await using bus = disposable(await connectAs(settings, 'cli', { waitSeconds: 3 }))
    return [
      { is: 'good', what: `NATS ${bus.nc.info?.version} answers` },
      await dead(bus),
      ...(await templates(bus)),
      ...(await parts(bus)),
    ]
  } catch (error) {
    const mend = settings.natsUrl ? `is the server at ${settings.natsUrl} running?` : 'npm start'
    return [{ is: 'bad', what: `NATS: ${(error as Error).message}`, mend }]
  }
}

const disposable = (bus: Bus) => ({ ...bus, [Symbol.asyncDispose]: () => bus.close() })

async function dead({ jsm }: Bus): Promise<Finding> {
  const { state } = await jsm.streams.info('DEAD')
  return state.messages === 0
    ? { is: 'good', what: 'no dead letters' }
    : {
        is: 'note',
        what: `${state.messages} dead letters: messages that could not be handled`,
        mend: 'darts dead-letters list',
      }
}

async function templates(bus: Bus): Promise<Finding[]> {
  const all = (await readHosts(bus)).flatMap(host => host.templates)
  return all
    .filter(({ state }) => state === 'failed')
    .map(({ name, text }) => ({
      is: 'note',
      what: `template ${name} could not be built, its machine starts cold: ${text}`,
      mend: `darts templates build ${name}`,
    }))
}

async function parts(bus: Bus): Promise<Finding[]> {
  const ill = (await readFunctions(bus)).filter(({ state }) => state !== 'running')
  const hosts = (await readHosts(bus)).map(({ host, accel = 'being prepared' }) => `${host} (${accel})`)
  return [
    ill.length === 0
      ? { is: 'good', what: 'all functions run' }
      : {
          is: 'bad',
          what: `not running: ${ill.map(({ name }) => name).join(', ')}`,
          mend: 'darts functions --json',
        },
    hosts.length > 0
      ? { is: 'good', what: `hosts: ${hosts.join(', ')}` }
      : { is: 'bad', what: 'no host-runner has told about itself', mend: 'npm start' },
  ]
}
