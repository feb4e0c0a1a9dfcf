import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { relay } from './delayed.ts'

/*
 *   namespace of a viewer            namespace of a server         this one
 *   Chromium ── 10.99.0.2 ═ veth ═ 10.99.0.1 ── relay ── 127.0.0.1:port
 *              tbf, up            tbf, down    25 ms each way
 *
 * The relay's listening socket is made in the server's namespace and its connections to the site in this one, so no
 * address is given to an interface of the machine itself. The relay ends TCP on both sides: between it and Chromium
 * TCP sees the rate but not the delay, so a connection here grows faster than one over a real line of 50 ms.
 */
const NEAR = '10.99.0.2'
const FAR = '10.99.0.1'
const DELAY = 25
/** `latency` is the longest wait in the queue of the slow interface: 500 KB. */
const SHAPE = 'tbf rate 20mbit burst 32kb latency 200ms'

export type SlowLink = AsyncDisposable & {
  /** Where the site is, seen from the namespace of the viewer. */
  url: string
  /** A program in front of another: runs it in the namespace of the viewer. */
  inside: string[]
  /** Runs Chromium there, with whatever arguments and inherited files; for who takes only the path of a program. */
  chromium: string
}

/** A line of 20 Mbit/s and 50 ms there and back to a port of this machine. Needs root; leaves nothing behind. */
export async function openSlowLink(port: number): Promise<SlowLink> {
  await using undo = new AsyncDisposableStack()
  const name = `darts-${process.pid}-${Math.random().toString(36).slice(2, 8)}`
  const [viewer, server] = [`${name}-viewer`, `${name}-server`]
  for (const namespace of [viewer, server]) {
    await ip('netns', 'add', namespace)
    undo.defer(async () => void (await ip('netns', 'delete', namespace)))
  }
  await ip('-netns', viewer, 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far', 'netns', server)
  for (const [namespace, end, address] of [
    [viewer, 'near', NEAR],
    [server, 'far', FAR],
  ] as const) {
    await ip('-netns', namespace, 'address', 'add', `${address}/30`, 'dev', end)
    await ip('-netns', namespace, 'link', 'set', 'lo', 'up')
    await ip('-netns', namespace, 'link', 'set', end, 'up')
    await execa('tc', ['-netns', namespace, 'qdisc', 'add', 'dev', end, 'root', ...SHAPE.split(' ')])
  }
  const listening = await listenInside(server)
  const { close } = relay(listening, port, DELAY)
  undo.defer(close)

  const folder = mkdtempSync(join(tmpdir(), 'slow-link-'))
  undo.defer(() => rmSync(folder, { recursive: true }))
  const chromium = join(folder, 'chromium')
  writeFileSync(chromium, `#!/bin/sh\nexec ip netns exec ${viewer} /usr/bin/chromium "$@"\n`)
  chmodSync(chromium, 0o755)

  const made = undo.move()
  return {
    url: `http://${FAR}:${(listening.address() as AddressInfo).port}`,
    inside: ['ip', 'netns', 'exec', viewer],
    chromium,
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  }
}

const ip = (...args: string[]) => execa('ip', args)

async function listenInside(namespace: string): Promise<Server> {
  const program = fileURLToPath(new URL('listen-inside.ts', import.meta.url))
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, program, FAR], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const [, server] = await Promise.race([
    once(child, 'message') as Promise<[string, Server]>,
    ended.then(([code]) => {
      throw new Error(`no listener in ${namespace}: ended with ${code}`)
    }),
  ])
  child.kill('SIGKILL')
  await ended
  return server
}
