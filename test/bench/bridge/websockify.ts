import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { connect, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { end } from '../end.ts'
import type { Address } from './connection.ts'
import { childrenOf } from './usage.ts'

export type Websockify = { pid: number; address: Address; stop(): Promise<void> }

/** Debian's websockify in front of a unix socket: a process that forks one for each viewer. */
export async function startWebsockify(path: string): Promise<Websockify> {
  const program = find('websockify')
  const port = await freePort()
  const child = spawn(program, ['--unix-target', path, `127.0.0.1:${port}`], { stdio: 'ignore' })
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`websockify ended with ${child.exitCode}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  const address = { port, url: '/', protocols: ['binary'] }
  const stop = () => {
    // On its own it waits for each of its children, a second or more one after the other.
    for (const pid of childrenOf(child.pid ?? 0)) process.kill(pid, 'SIGKILL')
    return end(child, 'SIGKILL')
  }
  return { pid: child.pid ?? 0, address, stop }
}

function find(name: string): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {}
  }
  throw new Error(`${name} is not installed, and is what is compared with: apt-get install ${name}`)
}

/** Its log does not name the port that it was given, so 0 cannot be asked for. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

const listens = (port: number) =>
  new Promise<boolean>(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(socket.destroy().destroyed)).once('error', () => resolve(false))
  })
