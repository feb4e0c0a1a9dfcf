import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { clientFrame, payloadCounter } from './frames.ts'

/** A display's own unix socket, or a websocket to it. */
export type Address = { path: string } | { port: number; url: string; protocols: string[] }

export type Connection = {
  /** Sends a message, and resolves when so many bytes have come back. */
  exchange(message: Buffer, bytes: number): Promise<void>
  close(): void
}

const BINARY = 2
const PONG = 10
/** One for all connections: what is read is counted at once and never kept. */
const buffer = Buffer.allocUnsafeSlow(256 * 1024)

/** Opens either kind and reads it in the same way. A connection that ends early ends the program. */
export async function open(address: Address): Promise<Connection> {
  let waitingFor = 0
  let arrived = () => {}
  const take = (payload: number) => {
    waitingFor -= payload
    if (payload > 0 && waitingFor <= 0) arrived()
  }
  const expect = (bytes: number) => {
    waitingFor = bytes
    return new Promise<void>(resolve => {
      arrived = resolve
    })
  }

  const overWebsocket = 'port' in address
  let read = take as (payload: number, bytes: Uint8Array) => void
  const callback = (size: number, bytes: Uint8Array) => {
    read(size, bytes.subarray(0, size))
    return true
  }
  const onread = { buffer, callback }
  const socket = overWebsocket
    ? connect({ host: '127.0.0.1', port: address.port, onread, noDelay: true })
    : connect({ path: address.path, onread })
  socket.once('close', () => {
    throw new Error('the display was closed')
  })
  await new Promise(resolve => socket.once('connect', resolve))
  if (overWebsocket) {
    await new Promise<void>(resolve => {
      read = answered(resolve)
      socket.write(upgradeRequest(address))
    })
    const count = payloadCounter(() => socket.write(clientFrame(PONG, Buffer.alloc(0))))
    read = (_, bytes) => take(count(bytes))
  }

  return {
    exchange(message, bytes) {
      const all = expect(bytes)
      socket.write(overWebsocket ? clientFrame(BINARY, message) : message)
      return all
    },
    close: () => close(socket),
  }
}

function upgradeRequest({ port, url, protocols }: Exclude<Address, { path: string }>): string {
  return [
    `GET ${url} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Origin: http://127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Sec-WebSocket-Protocol: ${protocols.join(', ')}`,
    '\r\n',
  ].join('\r\n')
}

/** The display says nothing before it is asked, so that no frame follows the answer in the same read. */
function answered(resolve: () => void) {
  let text = ''
  return (_: number, bytes: Uint8Array) => {
    text += Buffer.from(bytes).toString('latin1')
    if (!text.endsWith('\r\n\r\n')) return
    if (!text.startsWith('HTTP/1.1 101')) throw new Error(`no websocket: ${text}`)
    resolve()
  }
}

function close(socket: Socket): void {
  socket.removeAllListeners('close').destroy()
}
