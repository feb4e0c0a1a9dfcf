import { existsSync } from 'node:fs'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Settings } from '../../../config/settings.ts'
import { controlGroups, displayAnswers, type Folder, foldersOf, uuidsOf } from './folders.ts'
import { type Program, programsOf } from './programs.ts'
import { type Kept, streamsOf, type Told } from './streams.ts'

/** What there is on the machine and in the streams, whatever the service says about it. */
export type Seen = {
  programs: Program[]
  folders: Folder[]
  /** uuid of a QEMU → its session. */
  uuids: Map<string, string>
  groups: string[]
  /** Running sessions whose display does not answer. */
  silent: string[]
  told: Told[]
  kept: Kept[]
  backlog: { COMMANDS: number; STEPS: number }
  /** Files of others that should be there and are not. */
  missing: string[]
}

/** `others` are files that are not the service's own. */
export async function look(settings: Settings, nc: NatsConnection, others: readonly string[]): Promise<Seen> {
  const streams = await streamsOf(nc)
  const running = streams.kept.filter(({ state }) => state.state === 'booted' || state.state === 'ready')
  const answers = await Promise.all(
    running.map(async ({ id }) => ({ id, answers: await displayAnswers(settings, id) })),
  )
  return {
    ...streams,
    programs: await programsOf(settings),
    folders: await foldersOf(settings),
    uuids: await uuidsOf(settings),
    groups: await controlGroups(),
    silent: answers.flatMap(one => (one.answers ? [] : [one.id])),
    missing: others.filter(path => !existsSync(path)),
  }
}
