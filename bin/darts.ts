import { Command } from 'commander'
import { toDartsError } from '../config/errors.ts'
import { addCredentials } from './commands/credentials.ts'
import { addDeadLetters } from './commands/dead-letters.ts'
import { addDoctor } from './commands/doctor.ts'
import { addEvents } from './commands/events.ts'
import { addFunctions } from './commands/functions.ts'
import { addSessions } from './commands/sessions.ts'
import { addStart } from './commands/start.ts'
import { addTemplates } from './commands/templates.ts'

const program = new Command('darts')
  .description('Desktops on demand, in the browser.')
  .configureHelp({ showGlobalOptions: true })
for (const add of [
  addStart,
  addSessions,
  addEvents,
  addDeadLetters,
  addTemplates,
  addFunctions,
  addCredentials,
  addDoctor,
])
  add(program)

try {
  await program.parseAsync()
} catch (thrown) {
  const error = toDartsError(thrown)
  console.error(`darts: ${error.message} (${error.code})`)
  process.exit(1)
}
