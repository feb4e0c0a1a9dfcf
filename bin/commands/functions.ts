import type { Command } from 'commander'
import { readFunctions } from '../../config/bus/functions.ts'
import { withBus } from './connect.ts'
import { table } from './table.ts'

export function addFunctions(program: Command): void {
  program
    .command('functions')
    .description('the functions with their calls and failures')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) =>
      withBus(async bus => {
        const views = await readFunctions(bus)
        const rows = views.map(({ name, state, calls, failures, mean, restarts, routes, subjects }) => [
          name,
          state,
          String(calls),
          String(failures),
          mean.toFixed(1),
          String(restarts),
          [...routes, ...subjects].join(' '),
        ])
        const text = table(['FUNCTION', 'STATE', 'CALLS', 'FAILURES', 'MEAN MS', 'RESTARTS', 'ANSWERS'], rows)
        process.stdout.write(options.json ? `${JSON.stringify(views)}\n` : `${text}\n`)
      }),
    )
}
