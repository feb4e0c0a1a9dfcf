import { wrongInHistory } from './history.ts'
import type { Seen } from './look.ts'

export type Expected = {
  /** Sessions whose create was answered with success. */
  acknowledged: readonly string[]
  /** Nothing is under way any more: what is between two states may not be there. */
  settled: boolean
  /** What a killed process has not acknowledged may still wait, since it comes again only after 20 s. */
  redelivery: boolean
}

/** Each way in which what was seen breaks an invariant, in a sentence. None: it holds. Pure. */
export function violationsIn(seen: Seen, expected: Expected): string[] {
  const broken = [...twice(seen), ...histories(seen, expected.settled), ...openFolders(seen), ...lost(seen)]
  if (!expected.settled) return broken
  return [
    ...broken,
    ...unfinished(seen, expected.acknowledged),
    ...(expected.redelivery ? [] : unhandled(seen)),
    ...orphans(seen),
    ...unhealthy(seen),
  ]
}

const RUNNING = ['booted', 'ready']
const OVER = ['ended', 'failed']

/** I2: at most one QEMU runs for a session. */
export function twice({ programs, uuids }: Pick<Seen, 'programs' | 'uuids'>): string[] {
  const machines = Map.groupBy(
    programs.filter(({ qemu }) => qemu),
    ({ id, qemu }) => uuids.get(qemu?.uuid ?? '') ?? id,
  )
  return [...machines].flatMap(([id, all]) =>
    all.length > 1 ? [`session ${id}: ${all.length} QEMUs run: ${all.map(({ pid }) => pid).join(', ')}`] : [],
  )
}

/** State and events are one. */
function histories({ told, kept }: Seen, settled: boolean): string[] {
  const facts = Map.groupBy(told, ({ session }) => session)
  const keys = new Map(kept.map(one => [one.id, one]))
  const sessions = new Set([...facts.keys(), ...keys.keys()])
  return [...sessions].flatMap(id => wrongInHistory(id, facts.get(id) ?? [], keys.get(id), settled))
}

/** I4: only the gateway's group comes to a display, and only root to what controls a QEMU. */
const openFolders = ({ folders }: Seen): string[] =>
  folders.flatMap(({ path, mode }) =>
    /\/(displays|control|pool)\/[a-z0-9]+$/.test(path) && isOpen(path, mode)
      ? [`${path} is open to everybody: mode ${mode.toString(8)}`]
      : [],
  )

/** Overlays and waiting copies are closed by their files, and by the folder above. */
const isOpen = (path: string, mode: number) => /\/(displays|control)\//.test(path) && (mode & 0o007) !== 0

/** I5: what is not the service's own is never removed. */
const lost = ({ missing }: Seen): string[] => missing.map(path => `${path} is gone`)

/** I1: every acknowledged request ends as ready, as failed with a reason, or as ended. */
function unfinished({ kept }: Seen, acknowledged: readonly string[]): string[] {
  const known = new Set(kept.map(({ id }) => id))
  return [
    ...acknowledged.filter(id => !known.has(id)).map(id => `session ${id}: acknowledged, and not known`),
    ...kept.flatMap(({ id, state: { state, outcome } }) => {
      if (state === 'ready') return []
      if (!OVER.includes(state)) return [`session ${id}: still ${state}`]
      return outcome?.text ? [] : [`session ${id}: ${state} without a reason`]
    }),
  ]
}

const unhandled = ({ backlog }: Seen): string[] =>
  Object.entries(backlog).flatMap(([stream, count]) =>
    count > 0 ? [`${stream}: ${count} messages are not handled`] : [],
  )

/** I3: no process, folder or control group without a running session; a copy that waits has both. */
function orphans({ programs, folders, groups, uuids, kept }: Seen): string[] {
  const running = new Set(kept.filter(({ state }) => RUNNING.includes(state.state)).map(({ id }) => id))
  const copies = new Set(folders.filter(({ place }) => place === 'copy').map(({ id }) => id))
  const over = kept.filter(({ id }) => !running.has(id))
  const machines = new Set(programs.flatMap(({ id, qemu }) => (qemu ? [id] : [])))
  return [
    ...programs.flatMap(({ pid, id, qemu }) => {
      const owner = (qemu && uuids.get(qemu.uuid)) ?? id
      if (!qemu) return [`session ${id}: process ${pid} still works on its files`]
      return running.has(owner) || copies.has(owner) ? [] : [`session ${owner}: QEMU ${pid} is nobody's`]
    }),
    ...folders.flatMap(({ path, id, place }) => {
      const wanted = place === 'session' ? running.has(id) : machines.has(id)
      return wanted ? [] : [`${path} is nobody's`]
    }),
    ...groups.flatMap(path => (over.some(({ id }) => path.includes(id)) ? [`${path} is nobody's`] : [])),
  ]
}

/** What is said to run runs, and can be seen. */
function unhealthy({ kept, programs, uuids, silent }: Seen): string[] {
  return kept
    .filter(({ state }) => RUNNING.includes(state.state))
    .flatMap(({ id, state }) => {
      const machine = programs.find(({ id: own, qemu }) => qemu && (uuids.get(qemu.uuid) ?? own) === id)
      if (!machine) return [`session ${id}: ${state.state}, but no QEMU runs`]
      if (machine.qemu?.stopped) return [`session ${id}: ${state.state}, but its QEMU is stopped`]
      return silent.includes(id) ? [`session ${id}: ${state.state}, but its display does not answer`] : []
    })
}
