import { addressTold, connectAs } from '../../config/bus/address.ts'
import { folders } from '../../config/folders.ts'
import { makeLog } from '../../config/log.ts'
import { readSettings } from '../../config/settings.ts'
import { untilStopped } from '../../config/until-stopped.ts'
import { type Manifest, readManifests } from './manifest.ts'
import { publishViews } from './publish-views.ts'
import { superviseFunction } from './supervised-function.ts'

/** The functions that are processes of their own. */
const ELSEWHERE = ['gateway', 'runtime']

const settings = readSettings()
const log = makeLog('functions', settings.logLevel)
const told = (error: Error) => log.error({ err: error }, 'a function of the site is left out')
const manifests = (await readManifests(folders(settings), told)).filter(
  ({ name }) => !ELSEWHERE.includes(name),
)
const connected = addressTold(settings).then(() => connectAs(settings, 'fn-runtime'))
const views = publishViews(connected, log)
const start = (some: Manifest[]) => some.map(manifest => superviseFunction(manifest, log, views.changed))
/** What the page asks comes first; a command waits in its stream for who takes it. */
const isFirst = ({ essential, routes }: Manifest) => essential && routes.length > 0
const functions = start(manifests.filter(isFirst))
log.info({ functions: manifests.map(({ name }) => name) }, 'the functions are starting')
const stopped = untilStopped()
await Promise.race([stopped, Promise.all(functions.map(({ tried }) => tried))])
process.send?.({ listening: true })
functions.push(...start(manifests.filter(manifest => !isFirst(manifest))))
const bus = await connected
await views.forgetOthers(manifests.map(({ name }) => name))

await stopped
await Promise.all(functions.map(({ stop }) => stop()))
await bus.close()
process.exit(0)
