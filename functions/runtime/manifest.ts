import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import type { Grant } from '../../config/bus/permissions.ts'
import { BUCKET_NAMES, type StreamName } from '../../config/bus/streams.ts'
import { subjects } from '../../config/contract/subjects.ts'
import { DartsError } from '../../config/errors.ts'
import type { Folders } from '../../config/folders.ts'

const Bucket = v.picklist(BUCKET_NAMES)
const Subject = v.pipe(v.string(), v.regex(/^darts\.(cmd|evt|run|dead)\.[A-Za-z0-9_.*>=-]+$/))

/** `function.json`: what a function is and may do. Data, never code: the supervisor reads it as root. */
export const Manifest = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,40}$/)),
  routes: v.optional(v.array(v.pipe(v.string(), v.startsWith('/'))), []),
  /** `darts.cmd.…` are taken from the work queue, `darts.evt.…` are heard; both at least once. */
  subjects: v.optional(v.array(Subject), []),
  /** The pages or a click need it: without it DARTS is not ready, and what answers the page is started first. */
  essential: v.optional(v.boolean(), false),
  /** Seconds that one call may take. */
  timeLimit: v.optional(v.pipe(v.number(), v.minValue(0.1), v.maxValue(3600)), 10),
  /** Calls at the same time. */
  concurrency: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 32),
  permissions: v.optional(
    v.strictObject({
      publish: v.optional(v.array(Subject), []),
      subscribe: v.optional(v.array(Subject), []),
      read: v.optional(v.array(Bucket), []),
      write: v.optional(v.array(Bucket), []),
      lookUp: v.optional(v.array(v.picklist(['COMMANDS', 'STEPS', 'EVENTS', 'DEAD'])), []),
      count: v.optional(v.array(v.picklist(['COMMANDS', 'STEPS', 'DEAD'])), []),
      replay: v.optional(v.array(v.picklist(['EVENTS', 'DEAD'])), []),
      remove: v.optional(v.array(v.picklist(['COMMANDS', 'STEPS', 'DEAD'])), []),
      watchDeliveries: v.optional(v.array(v.picklist(['COMMANDS', 'STEPS', 'EVENTS'])), []),
    }),
    {},
  ),
})
export type Manifest = v.InferOutput<typeof Manifest> & { folder: string }

const BUILT_IN = fileURLToPath(new URL('..', import.meta.url))

/**
 * Every folder with a `function.json`: the functions of DARTS, then the site's. A wrong one of the site is left out,
 * so that it takes no other with it, and told to `onWrong` (code `settings-wrong`).
 */
export async function readManifests(
  { siteFunctions }: Pick<Folders, 'siteFunctions'>,
  onWrong: (error: DartsError) => void = () => {},
): Promise<Manifest[]> {
  const all = await readFolder(BUILT_IN, error => {
    throw error
  })
  for (const manifest of await readFolder(siteFunctions, onWrong)) {
    if (!all.some(({ name }) => name === manifest.name)) all.push(manifest)
    else
      onWrong(
        new DartsError('settings-wrong', `${manifest.folder}: there is already a function ${manifest.name}`),
      )
  }
  return all
}

async function readFolder(parent: string, onWrong: (error: DartsError) => void): Promise<Manifest[]> {
  const names = await readdir(parent).catch(() => [])
  const found = await Promise.all(
    names.map(name => readManifest(join(parent, name)).catch(error => void onWrong(error))),
  )
  return found.filter(manifest => manifest !== undefined)
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  const file = join(folder, 'function.json')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return { ...v.parse(Manifest, JSON.parse(text)), folder }
  } catch (cause) {
    throw new DartsError('settings-wrong', `${file}: ${(cause as Error).message}`, { cause })
  }
}

export type Subscription = { stream: StreamName; name: string; filter: string }

/** One durable consumer for each subject, named after the function and the subject's last word. */
export const subscriptionsOf = ({ name, subjects }: Manifest): Subscription[] =>
  subjects.map(filter => {
    const last = filter.split('.').at(-1) ?? ''
    const word = /^[a-z-]+$/.test(last) ? last : `all-${filter.split('.').length}`
    return {
      stream: filter.startsWith('darts.cmd.') ? 'COMMANDS' : 'EVENTS',
      name: `${name}-${word}`,
      filter,
    }
  })

export function grantOf(manifest: Manifest): Grant {
  const consumers = subscriptionsOf(manifest)
  const dead = consumers.flatMap(({ stream }) => [subjects.dead(stream, '*'), subjects.buried('*')])
  return {
    ...manifest.permissions,
    publish: [...(manifest.permissions.publish ?? []), ...dead],
    consume: consumers,
  }
}

/** The NATS user of a function. */
export const userOf = (manifest: Pick<Manifest, 'name'>) => `fn-${manifest.name}`
