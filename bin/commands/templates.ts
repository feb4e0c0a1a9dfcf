import type { Command } from 'commander'
import type { Bus } from '../../config/bus/connect.ts'
import { readHosts } from '../../config/bus/hosts.ts'
import { publish } from '../../config/bus/publish.ts'
import { envelope } from '../../config/contract/envelope.ts'
import { stepType } from '../../config/contract/steps.ts'
import { subjects, type TemplateTask } from '../../config/contract/subjects.ts'
import { DartsError } from '../../config/errors.ts'
import type { TemplateView } from '../../config/host-view.ts'
import { withBus } from './connect.ts'
import { table } from './table.ts'

export function addTemplates(program: Command): void {
  const templates = program
    .command('templates')
    .description('the frozen machines that sessions start from in a fraction of a second')
  templates
    .command('list', { isDefault: true })
    .description('those there are, and how many copies wait')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => list(options))
  templates
    .command('build <name>')
    .description('freeze it anew, in the background; also one that was removed')
    .action((name: string) => ask(name, 'build-template'))
  templates
    .command('remove <name>')
    .description('remove it; its machine starts cold until it is built again')
    .action((name: string) => ask(name, 'remove-template'))
}

const list = (options: { json?: boolean }) =>
  withBus(async bus => {
    const all = await readTemplates(bus)
    const rows = all.map(({ host, name, state, builtAt = '', size, pool, text = '' }) => [
      host,
      name,
      state,
      size === undefined ? '' : `${size} MiB`,
      String(pool),
      builtAt,
      text.split('\n')[0] ?? '',
    ])
    const text = table(['HOST', 'TEMPLATE', 'STATE', 'SIZE', 'WAITING', 'BUILT', ''], rows)
    process.stdout.write(options.json ? `${JSON.stringify(all)}\n` : `${text}\n`)
  })

/** Every host that has such a template does it. */
const ask = (name: string, task: TemplateTask) =>
  withBus(async bus => {
    const all = await readTemplates(bus)
    const hosts = all.filter(one => one.name === name).map(({ host }) => host)
    if (hosts.length === 0)
      throw new DartsError(
        'not-found',
        `no template ${name}: there are ${all.map(one => one.name).join(', ') || 'none'}`,
      )
    for (const host of hosts)
      await publish(bus, subjects.templateTask(host, name, task), envelope(stepType(task), 'cli', {}))
  })

async function readTemplates(bus: Bus): Promise<(TemplateView & { host: string })[]> {
  const hosts = await readHosts(bus)
  return hosts.flatMap(({ host, templates }) => templates.map(template => ({ host, ...template })))
}
