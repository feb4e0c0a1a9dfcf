import type { Command } from 'commander'
import { readFunctions } from '../../config/bus/functions.ts'
import { readServices } from '../../config/bus/services.ts'
import type { FunctionView, ServiceView } from '../../config/contract/api.ts'
import { withBus } from './connect.ts'
import { plain } from './plain.ts'
import { table } from './table.ts'

const HEADINGS = ['NAME', 'STATE', 'RESTARTS', 'CALLS', 'FAILURES', 'MEAN MS', 'LAST FAILURE', 'ANSWERS']

export function addFunctions(program: Command): void {
  program
    .command('functions')
    .description('the services and the functions with their restarts, calls and failures')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) =>
      withBus(async bus => {
        const [services, functions] = await Promise.all([readServices(bus), readFunctions(bus)])
        const rows = [...services.map(serviceRow), ...functions.map(functionRow)]
        const text = options.json ? JSON.stringify([...services, ...functions]) : table(HEADINGS, rows)
        process.stdout.write(`${text}\n`)
      }),
    )
}

const serviceRow = ({ name, state, restarts, lastEnd }: ServiceView) => [
  name,
  state,
  String(restarts),
  '',
  '',
  '',
  lastEnd ? `ended ${lastEnd.how}, ${lastEnd.at.slice(0, 19).replace('T', ' ')}` : '',
  '',
]

const functionRow = (view: FunctionView) => [
  view.name,
  view.state,
  String(view.restarts),
  String(view.calls),
  String(view.failures),
  view.mean.toFixed(1),
  plain(view.lastFailure ?? '').slice(0, 60),
  [...view.routes, ...view.subjects].join(' '),
]
