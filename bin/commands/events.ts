import { DeliverPolicy, type JsMsg } from '@nats-io/jetstream'
import type { Command } from 'commander'
import { parseEnvelope } from '../../config/contract/envelope.ts'
import { subjects } from '../../config/contract/subjects.ts'
import { DartsError, toDartsError } from '../../config/errors.ts'
import { lifetimeSeconds } from '../../config/lifetime.ts'
import { withBus } from './connect.ts'
import { formatEvent } from './format-event.ts'
import { plain } from './plain.ts'

type Options = { session?: string; follow?: boolean; since?: string; json?: boolean }

export function addEvents(program: Command): void {
  program
    .command('events')
    .description('print the event log, a line an event')
    .option('--session <id>', 'of one session only')
    .option('--follow', 'go on with what happens')
    .option('--since <time>', 'from then on: 2h, 3d, or a date such as 2026-11-22T10:00')
    .option('--json', 'the events as they are, a JSON object a line')
    .action((options: Options) => print(options))
}

const print = (options: Options) =>
  withBus(async ({ js, jsm }) => {
    const filter = options.session ? subjects.factsOf('*', options.session) : subjects.allFacts
    const consumer = await js.consumers.get('EVENTS', { filter_subjects: filter, ...startOf(options.since) })
    const { state } = await jsm.streams.info('EVENTS')
    const info = await consumer.info()
    if (info.num_pending === 0 && !options.follow) return
    const messages = await consumer.consume()
    process.once('SIGINT', () => messages.stop())
    process.stdout.once('error', () => messages.stop())
    for await (const message of messages) {
      process.stdout.write(`${lineOf(message, options)}\n`)
      if (!options.follow && (message.info.pending === 0 || message.seq >= state.last_seq)) break
    }
  })

/** What is no event, or none that is known, hides no other. */
function lineOf({ subject, data }: JsMsg, { json }: Options): string {
  try {
    const event = parseEnvelope(data)
    return json ? JSON.stringify({ subject, ...event }) : formatEvent(subject, event)
  } catch (thrown) {
    const unreadable = toDartsError(thrown).message
    return json ? JSON.stringify({ subject, unreadable }) : plain(`${subject}  ${unreadable}`)
  }
}

function startOf(since: string | undefined) {
  if (since === undefined) return { deliver_policy: DeliverPolicy.All }
  const at = /^[0-9]+[smhd]$/.test(since) ? Date.now() - lifetimeSeconds(since) * 1000 : Date.parse(since)
  if (Number.isNaN(at))
    throw new DartsError('bad-request', `--since ${since}: write 2h, 3d or 2026-11-22T10:00`)
  return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(at).toISOString() }
}
