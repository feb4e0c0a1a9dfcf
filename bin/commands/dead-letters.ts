import type { Command } from 'commander'
import { dropLetter, listLetters, readLetter, retryLetter } from '../../config/bus/dead-letters.ts'
import { readSeq } from '../../config/contract/dead-letter.ts'
import { DartsError } from '../../config/errors.ts'
import { withBus } from './connect.ts'
import { plain } from './plain.ts'
import { table } from './table.ts'

type Options = { json?: boolean }

export function addDeadLetters(program: Command): void {
  const letters = program.command('dead-letters').description('messages that could not be handled')
  letters
    .command('list', { isDefault: true })
    .description('the newest, the latest last')
    .option('--json', 'as JSON')
    .action((options: Options) => list(options))
  letters
    .command('show <seq>')
    .description('one with its reason and the original message')
    .option('--json', 'as JSON')
    .action((seq: string, options: Options) => show(seq, options))
  letters
    .command('retry <seq...>')
    .description('publish the originals again, when their reason is mended; everyone hears an event again')
    .action((seqs: string[]) => retry(seqs))
  letters
    .command('drop <seq...>')
    .description('remove them')
    .action((seqs: string[]) => drop(seqs))
}

const list = (options: Options) =>
  withBus(async bus => {
    const letters = await listLetters(bus, ({ message }) => process.stderr.write(`darts: ${message}\n`))
    const rows = letters.map(({ seq, time, code, subject, reason }) => [
      String(seq),
      time,
      code,
      plain(subject),
      plain(reason.split('\n')[0] ?? ''),
    ])
    const text = table(['SEQ', 'TIME', 'CODE', 'SUBJECT', 'REASON'], rows)
    process.stdout.write(options.json ? `${JSON.stringify(letters)}\n` : `${text}\n`)
  })

const show = (seq: string, options: Options) =>
  withBus(async bus => {
    const letter = await readLetter(bus, toSeq(seq))
    const lines = Object.entries(letter).map(([key, value]) => `${key.padEnd(9)} ${plain(String(value))}`)
    process.stdout.write(options.json ? `${JSON.stringify(letter)}\n` : `${lines.join('\n')}\n`)
  })

const retry = (seqs: string[]) =>
  withBus(async bus => {
    for (const seq of seqs.map(toSeq)) {
      const { subject } = await retryLetter(bus, seq)
      process.stdout.write(`${seq} sent again: ${plain(subject)}\n`)
    }
  })

const drop = (seqs: string[]) =>
  withBus(async bus => {
    for (const seq of seqs.map(toSeq)) {
      await dropLetter(bus, seq)
      process.stdout.write(`${seq} removed\n`)
    }
  })

function toSeq(text: string): number {
  const seq = readSeq(text)
  if (seq !== undefined) return seq
  throw new DartsError(
    'bad-request',
    `${plain(text)}: a dead letter is a number, see darts dead-letters list`,
  )
}
