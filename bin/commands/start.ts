import type { Command } from 'commander'
import { readSettings } from '../../config/settings.ts'
import { supervise } from '../supervisor/supervise.ts'

export function addStart(program: Command): void {
  program
    .command('start')
    .description('start everything and stay in the foreground (npm start calls this)')
    .action(() => supervise(readSettings()))
}
