import { setTimeout as sleep } from 'node:timers/promises'
import { askAgent } from '../../host-runner/guest-agent.ts'

/** Runs a shell script in a guest through its agent, as root, and returns what it wrote. */
export async function inGuest(agent: string, script: string): Promise<string> {
  const ask = <T>(command: string, args: Record<string, unknown>) =>
    askAgent(agent, command, args, AbortSignal.timeout(60_000)) as Promise<T>
  const { pid } = await ask<{ pid: number }>('guest-exec', {
    path: '/bin/sh',
    arg: ['-c', script],
    'capture-output': true,
  })
  for (;;) {
    type Status = { exited: boolean; exitcode?: number; 'out-data'?: string; 'err-data'?: string }
    const status = await ask<Status>('guest-exec-status', { pid })
    if (status.exited) {
      const text = (data = '') => Buffer.from(data, 'base64').toString()
      if (status.exitcode !== 0) throw new Error(`${script}: ${status.exitcode} ${text(status['err-data'])}`)
      return text(status['out-data']).trim()
    }
    // The agent tells nothing by itself.
    await sleep(100)
  }
}
