import { DeliverPolicy } from '@nats-io/jetstream'
import type { Command } from 'commander'
import type { Bus } from '../../config/bus/connect.ts'
import { publish } from '../../config/bus/publish.ts'
import { readStream } from '../../config/bus/read-stream.ts'
import { sessionStore } from '../../config/bus/session-store.ts'
import { COMMANDS } from '../../config/contract/commands.ts'
import { envelope, parseEnvelope } from '../../config/contract/envelope.ts'
import { newSessionId } from '../../config/contract/names.ts'
import { readSubject, subjects } from '../../config/contract/subjects.ts'
import { DartsError } from '../../config/errors.ts'
import { viewOf } from '../../config/session/record.ts'
import { isOver } from '../../config/session/state.ts'
import { withBus } from './connect.ts'
import { formatEvent } from './format-event.ts'
import { table } from './table.ts'

type Start = { cpus?: string; memory?: string; lifetime?: string; as?: string; wait?: boolean }

export function addSessions(program: Command): void {
  const sessions = program.command('sessions').description('list, start and stop sessions')
  sessions
    .command('list', { isDefault: true })
    .description('the sessions there are')
    .option('--all', 'those that are over, too')
    .option('--json', 'as JSON')
    .action((options: { all?: boolean; json?: boolean }) => list(options))
  sessions
    .command('start <machine>')
    .description('start a session and follow it until it is ready')
    .option('--cpus <n>', 'CPUs')
    .option('--memory <MiB>', 'memory in MiB')
    .option('--lifetime <time>', '90m, 12h, 2d')
    .option('--as <principal>', 'whose session it is (default: the first administrator)')
    .option('--no-wait', 'print its id and leave')
    .action((machine: string, options: Start) => start(machine, options))
  sessions
    .command('stop <id...>')
    .description('stop sessions and wait until nothing of them is left')
    .action((ids: string[]) => stop(ids))
}

const list = (options: { all?: boolean; json?: boolean }) =>
  withBus(async bus => {
    const records = await sessionStore(bus, 'cli').list()
    const views = records.filter(({ state }) => options.all || !isOver(state)).map(viewOf)
    const rows = views.map(({ id, owner, state, machine = '', host = '', expiresAt = '' }) => [
      id,
      owner,
      state,
      machine,
      host,
      expiresAt,
    ])
    const text = table(['ID', 'OWNER', 'STATE', 'MACHINE', 'HOST', 'UNTIL'], rows)
    process.stdout.write(options.json ? `${JSON.stringify(views)}\n` : `${text}\n`)
  })

const start = (machine: string, { cpus, memory, lifetime, as, wait }: Start) =>
  withBus(async (bus, settings) => {
    const principal = as ?? settings.admins[0] ?? 'admin'
    const id = newSessionId()
    const data = {
      machine,
      ...(cpus && { cpus: Number(cpus) }),
      ...(memory && { memory: Number(memory) }),
      ...(lifetime && { lifetime }),
    }
    const message = envelope(COMMANDS.create.type, 'cli', data, { subject: id })
    await publish(bus, subjects.command(principal, id, 'create'), message)
    process.stdout.write(`${id}\n`)
    if (wait && (await follow(bus, id, ['ready', 'ended', 'failed'])) !== 'ready') process.exitCode = 1
  })

const stop = (ids: string[]) =>
  withBus(async (bus, settings) => {
    const store = sessionStore(bus, 'cli')
    for (const id of ids) {
      const record = await store.get(id)
      if (!record) throw new DartsError('not-found', `there is no session ${id}`)
      const message = envelope(COMMANDS.stop.type, 'cli', {}, { subject: id })
      await publish(bus, subjects.command(settings.admins[0] ?? record.owner, id, 'stop'), message)
      if (!isOver(record.state)) await follow(bus, id, ['ended', 'failed'])
    }
  })

/** Prints what happens to a session until one of these facts, which it returns. */
async function follow(bus: Bus, id: string, until: string[]): Promise<string> {
  const all = { filter_subjects: subjects.factsOf('*', id), deliver_policy: DeliverPolicy.All }
  for await (const message of readStream(bus, 'EVENTS', all)) {
    process.stderr.write(`${formatEvent(message.subject, parseEnvelope(message.data))}\n`)
    const { what } = readSubject(message.subject)
    if (until.includes(what)) return what
  }
  throw new DartsError('bus-unavailable')
}
