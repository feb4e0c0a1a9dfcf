import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { availableParallelism, hostname, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { DartsError } from './errors.ts'
import { lifetimeSeconds } from './lifetime.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535))
const key = <S extends v.GenericSchema>(schema: S, description: string) =>
  v.pipe(schema, v.description(description))

/** Each settings key with its check, default and meaning. `DARTS_<KEY>` in the environment overrides it. */
export const Settings = v.strictObject({
  state: key(v.optional(v.string(), '/var/lib/darts'), 'Folder for everything that DARTS writes.'),
  run: key(
    v.optional(v.string(), ''),
    'Short folder for sockets; empty: one under /run made from the state folder.',
  ),
  images: key(v.optional(v.string(), ''), 'Folder for machine images; empty: `images` in the state folder.'),
  templates: key(
    v.optional(v.string(), ''),
    'Folder for the frozen memory and disks of warm machines, a tmpfs perhaps; empty: `templates` in the state folder.',
  ),
  site: key(
    v.optional(v.string(), ''),
    "The site's own `functions` and `machines`; empty: `site` in the state folder.",
  ),
  address: key(v.optional(v.string(), '127.0.0.1'), 'Address that the web pages are served on.'),
  port: key(v.optional(port, 8080), 'Port that the web pages are served on.'),
  natsUrl: key(v.optional(v.string(), ''), 'An existing NATS server; empty: an embedded one is started.'),
  natsPort: key(v.optional(port, 4222), 'Loopback port of the embedded NATS server; 0: any free one.'),
  host: key(
    v.optional(
      v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,63}$/, 'letters, digits and dashes only')),
      hostToken(),
    ),
    'Name of this server in subjects and events.',
  ),
  admins: key(v.optional(v.array(v.string()), ['admin']), 'Principals that may see and stop every session.'),
  sessionsMax: key(v.optional(count, 10), 'Sessions that this server runs at once.'),
  sessionsPerUser: key(v.optional(count, 3), 'Sessions that one user may have at once.'),
  memoryReserve: key(v.optional(count, 1024), 'Memory in MiB that sessions leave to the server itself.'),
  memoryOverhead: key(
    v.optional(count, 1536),
    'Memory in MiB that a desktop may take of this server beside the memory of its machine; beyond it only this desktop is stopped. Where there is no KVM, 1024 of it may be translated code.',
  ),
  memoryMax: key(v.optional(count, Math.floor(totalmem() / 2 ** 20)), 'Memory in MiB that this server has.'),
  warm: key(
    v.optional(v.picklist(['on', 'off']), 'on'),
    'Whether booted copies are kept of the machines that name warm flavors.',
  ),
  poolMax: key(
    v.optional(count, 4),
    'Copies of warm machines that wait for a user at most, however many were asked for lately.',
  ),
  poolReserve: key(
    v.optional(count, 1536),
    'Memory in MiB that must be free for copies to wait; below it they are given back.',
  ),
  cpusMax: key(v.optional(count, availableParallelism()), 'CPUs that this server has.'),
  lifetimes: key(
    v.optional(v.array(v.string()), ['2h', '12h', '1d', '4d']),
    'Life-times offered to users; the longest is the limit.',
  ),
  lifetimeDefault: key(v.optional(v.string(), '12h'), 'Life-time of a session whose request names none.'),
  diskReserve: key(
    v.optional(count, 2048),
    'Room in MiB that must be free on the state disk for a new session.',
  ),
  logLevel: key(
    v.optional(v.picklist(['debug', 'info', 'warn', 'error']), 'info'),
    'How much is written to the log files.',
  ),
})

/** The settings, with the folders that follow from others filled in. All paths are absolute. */
export type Settings = v.InferOutput<typeof Settings>

/**
 * Reads the settings: the file (JSON, `<state>/settings.json` or `DARTS_SETTINGS`), then the environment over it.
 * @throws DartsError `settings-wrong` with the key, what is wrong and what is allowed
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const state = resolve(env.DARTS_STATE ?? '/var/lib/darts')
  const file = env.DARTS_SETTINGS ?? join(state, 'settings.json')
  const result = v.safeParse(Settings, {
    ...readFile(file, !env.DARTS_SETTINGS),
    ...fromEnvironment(env),
    state,
  })
  if (!result.success) {
    const text = result.issues
      .map(issue => `${v.getDotPath(issue) ?? 'settings'}: ${issue.message}`)
      .join('; ')
    throw new DartsError('settings-wrong', `${text} (in ${file} or the environment)`)
  }
  const settings = result.output
  for (const lifetime of [...settings.lifetimes, settings.lifetimeDefault]) lifetimeSeconds(lifetime)
  return {
    ...settings,
    run: settings.run || (state === '/var/lib/darts' ? '/run/darts' : `/run/darts-${short(state)}`),
    images: resolve(settings.images || join(state, 'images')),
    templates: resolve(settings.templates || join(state, 'templates')),
    site: resolve(settings.site || join(state, 'site')),
  }
}

function readFile(file: string, optional: boolean): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    // A service cannot read a file that is root's alone, and has its values in its environment.
    if (optional && /^(ENOENT|EACCES)$/.test((cause as NodeJS.ErrnoException).code ?? '')) return {}
    throw new DartsError('settings-wrong', `${file}: ${(cause as Error).message}`, { cause })
  }
}

/** `DARTS_SESSIONS_MAX=3` → `{ sessionsMax: 3 }`; lists are separated by commas. */
function fromEnvironment(env: NodeJS.ProcessEnv): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name of Object.keys(Settings.entries)) {
    const text = env[environmentName(name)]
    if (text === undefined) continue
    const fallback = v.getDefaults(Settings)[name as keyof Settings]
    if (typeof fallback === 'number') values[name] = text.trim() === '' ? text : Number(text)
    else if (Array.isArray(fallback)) values[name] = text.split(',').filter(Boolean)
    else values[name] = text
  }
  return values
}

/** `sessionsMax` → `DARTS_SESSIONS_MAX` */
export const environmentName = (name: string) => `DARTS_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`

const short = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)

function hostToken() {
  return (
    hostname()
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, '-')
      .slice(0, 63) || 'localhost'
  )
}
