import { setTimeout as sleep } from 'node:timers/promises'
import { askAgent } from '../../host-runner/guest-agent.ts'

/* A test's way into a running desktop beside its display: the guest agent, whose socket takes one client at a time. */
const ask = <T>(agent: string, command: string, args: Record<string, unknown>) =>
  askAgent(agent, command, args, AbortSignal.timeout(60_000)) as Promise<T>

/** Runs a shell script in a guest, as root, and returns what it wrote. */
export async function inGuest(agent: string, script: string): Promise<string> {
  const { pid } = await ask<{ pid: number }>(agent, 'guest-exec', {
    path: '/bin/sh',
    arg: ['-c', script],
    'capture-output': true,
  })
  for (;;) {
    type Status = { exited: boolean; exitcode?: number; 'out-data'?: string; 'err-data'?: string }
    const status = await ask<Status>(agent, 'guest-exec-status', { pid })
    if (status.exited) {
      const text = (data = '') => Buffer.from(data, 'base64').toString()
      if (status.exitcode !== 0) throw new Error(`${script}: ${status.exitcode} ${text(status['err-data'])}`)
      return text(status['out-data']).trim()
    }
    // The agent tells nothing by itself.
    await sleep(100)
  }
}

export async function writeInGuest(agent: string, path: string, content: string): Promise<void> {
  const handle = await ask<number>(agent, 'guest-file-open', { path, mode: 'w' })
  await ask(agent, 'guest-file-write', { handle, 'buf-b64': Buffer.from(content).toString('base64') })
  await ask(agent, 'guest-file-close', { handle })
}

/** Starts a shell script in a guest, as root, without waiting for its end: what takes the agent down, such as a reboot. */
export async function startInGuest(agent: string, script: string): Promise<void> {
  await ask(agent, 'guest-exec', { path: '/bin/sh', arg: ['-c', script] })
}

/** By uid: the account has the name of the session's owner, and keeps its home. */
const AS_USER =
  'exec setpriv --reuid=1000 --regid=1000 --init-groups env DISPLAY=:0 HOME=/home/scientist XDG_RUNTIME_DIR=/run/user/1000 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus sh -c "$1"'

/** Starts a shell script as the desktop's user, on its screen; does not wait for its end. */
export async function startOnScreen(agent: string, script: string): Promise<void> {
  await ask(agent, 'guest-exec', { path: '/bin/sh', arg: ['-c', AS_USER, 'sh', script] })
}
