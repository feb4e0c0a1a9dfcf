import { styleText } from 'node:util'
import type { Command } from 'commander'
import { readSettings } from '../../config/settings.ts'
import { checks, type Finding } from '../doctor/checks.ts'

const MARK = {
  good: styleText('green', '✓'),
  note: styleText('yellow', '!'),
  bad: styleText('red', '✗'),
} as const

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check this server, and say how to mend what is wrong')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const settings = readSettings()
      const findings: Finding[] = []
      for (const check of checks) {
        for (const finding of await check(settings)) {
          findings.push(finding)
          if (!options.json) print(finding)
        }
      }
      if (options.json) process.stdout.write(`${JSON.stringify(findings)}\n`)
      if (findings.some(({ is }) => is === 'bad')) process.exitCode = 1
    })
}

function print({ is, what, mend }: Finding): void {
  process.stdout.write(`${MARK[is]} ${what}\n${mend ? `    ${mend}\n` : ''}`)
}
