import { createServer, type Socket } from 'node:net'
import { ASK_BYTES } from './asks.ts'

/* A display without a machine: a program of its own on the unix socket in argv. A message that asks for a number of
 * bytes is answered with so many, as fast as they are taken; any other is sent back. */
const [, , path] = process.argv
const BLOCK = Buffer.alloc(256 * 1024, 7)

const server = createServer({ noDelay: true }, viewer => {
  viewer.on('error', () => viewer.destroy())
  viewer.on('data', message => {
    if (message.length === ASK_BYTES) send(viewer, Number((message as Buffer).readBigUInt64BE()))
    else viewer.write(message)
  })
})
server.listen(path, () => process.send?.({ listening: true }))
process.on('disconnect', () => process.exit())

function send(viewer: Socket, bytes: number): void {
  if (bytes === 0) return
  const part = Math.min(bytes, BLOCK.length)
  viewer.write(BLOCK.subarray(0, part), error => {
    if (!error) send(viewer, bytes - part)
  })
}
