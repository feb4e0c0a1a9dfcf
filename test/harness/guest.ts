import { lineSplitter } from '../../host-runner/lines.ts'
import { connectUnix } from '../../host-runner/unix-socket.ts'

/** What QEMU's guest agent can do in a desktop that is running; a test's way in beside the display. */
export type Guest = {
  write(path: string, content: string): Promise<void>
  /** Starts a shell script as the desktop's user, on its screen; does not wait for its end. */
  start(script: string): Promise<void>
  close(): void
}

const AS_USER =
  'exec runuser -u scientist -- env DISPLAY=:0 HOME=/home/scientist XDG_RUNTIME_DIR=/run/user/1000 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus sh -c "$1"'

/** Speaks to the agent behind this socket, which takes one client at a time: not before the session is ready. */
export async function openGuest(path: string): Promise<Guest> {
  const socket = await connectUnix(path)
  let take: (line: string) => void = () => {}
  socket
    .on('error', () => {})
    .on(
      'data',
      lineSplitter(line => take(line)),
    )
  const ask = async (execute: string, args: object) => {
    const answer = new Promise<string>(resolve => {
      take = resolve
    })
    socket.write(`${JSON.stringify({ execute, arguments: args })}\n`)
    const { return: value, error } = JSON.parse(await answer) as {
      return?: unknown
      error?: { desc: string }
    }
    if (error) throw new Error(`${execute}: ${error.desc}`)
    return value
  }
  return {
    async write(file, content) {
      const handle = await ask('guest-file-open', { path: file, mode: 'w' })
      await ask('guest-file-write', { handle, 'buf-b64': Buffer.from(content).toString('base64') })
      await ask('guest-file-close', { handle })
    },
    async start(script) {
      await ask('guest-exec', { path: '/bin/sh', arg: ['-c', AS_USER, 'sh', script] })
    },
    close: () => void socket.destroy(),
  }
}
