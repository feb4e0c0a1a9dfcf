import { Command } from 'commander'
import { toDartsError } from '../config/errors.ts'

const COMMANDS: Record<string, (program: Command) => Promise<void>> = {
  start: async program => (await import('./commands/start.ts')).addStart(program),
  sessions: async program => (await import('./commands/sessions.ts')).addSessions(program),
  events: async program => (await import('./commands/events.ts')).addEvents(program),
  'dead-letters': async program => (await import('./commands/dead-letters.ts')).addDeadLetters(program),
  templates: async program => (await import('./commands/templates.ts')).addTemplates(program),
  functions: async program => (await import('./commands/functions.ts')).addFunctions(program),
  credentials: async program => (await import('./commands/credentials.ts')).addCredentials(program),
  doctor: async program => (await import('./commands/doctor.ts')).addDoctor(program),
}

const program = new Command('darts')
  .description('Desktops on demand, in the browser.')
  .configureHelp({ showGlobalOptions: true })
// The one that is asked for alone: loading all of them takes longer than most of them do.
const asked = COMMANDS[process.argv[2] ?? '']
for (const add of asked ? [asked] : Object.values(COMMANDS)) await add(program)

try {
  await program.parseAsync()
} catch (thrown) {
  const error = toDartsError(thrown)
  console.error(`darts: ${error.message} (${error.code})`)
  process.exit(1)
}
