import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSlowLink, type SlowLink } from '../harness/slow-link.ts'

/* A server that answers one byte with one, and a line with a megabyte. */
const MEGABYTE = Buffer.alloc(10 ** 6)
const server = createServer(socket =>
  socket.on('data', asked => socket.write(asked.includes('\n') ? MEGABYTE : asked)).on('error', () => {}),
)
let link: SlowLink
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  link = await openSlowLink((server.address() as AddressInfo).port)
})
afterAll(() => server.close())

/** Milliseconds from asking until so many bytes have come, several times over one connection of the viewer: the median. */
async function took(ask: string, bytes: number, times: number): Promise<number> {
  const { hostname, port } = new URL(link.url)
  const program = `
    const socket = require('node:net').connect({ host: '${hostname}', port: ${port}, noDelay: true })
    const all = []
    let left, start
    const ask = () => {
      left = ${bytes}
      start = performance.now()
      socket.write(${JSON.stringify(ask)})
    }
    socket.once('connect', ask).on('data', part => {
      left -= part.length
      if (left > 0) return
      all.push(performance.now() - start)
      if (all.length < ${times}) return ask()
      console.log(all.sort((a, b) => a - b)[${Math.floor(times / 2)}])
      socket.destroy()
    })`
  const [file = '', ...args] = link.inside
  return Number((await execa(file, [...args, process.execPath, '-e', program])).stdout)
}

test('an answer takes 50 ms, and a megabyte the 400 ms of 20 Mbit/s more', async () => {
  const answer = await took('x', 1, 9)
  expect(answer).toBeGreaterThan(49)
  expect(answer).toBeLessThan(80)
  const megabyte = await took('\n', MEGABYTE.length, 3)
  expect(megabyte).toBeGreaterThan(430)
  expect(megabyte).toBeLessThan(700)
})

test('closed, it leaves no namespace', async () => {
  const namespace = link.inside.at(-1) ?? ''
  expect((await execa('ip', ['netns', 'list'])).stdout).toContain(namespace)
  await link[Symbol.asyncDispose]()
  expect((await execa('ip', ['netns', 'list'])).stdout).not.toContain(namespace)
})
