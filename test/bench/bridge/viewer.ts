import { median } from '../figure.ts'
import { askFor, POINTER_EVENT } from './asks.ts'
import { type Address, type Connection, open } from './connection.ts'

/* The viewers of one measurement: a program of its own, the same for every side, that does what it is told. */
export type Order =
  /** Opens them one after the other, and reads so many bytes of each at once. */
  | { order: 'open'; addresses: Address[]; read?: number }
  /** Reads so many bytes of the first. Answers with seconds. */
  | { order: 'read'; bytes: number }
  /** Round trips of a small message through the first. Answers with the median in microseconds. */
  | { order: 'echo'; times: number }
  | { order: 'close' }

let connections: Connection[] = []

async function obey(order: Order): Promise<number> {
  const start = performance.now()
  if (order.order === 'open')
    for (const address of order.addresses) connections.push(await openAndRead(address, order.read))
  if (order.order === 'read') await connections[0]?.exchange(askFor(order.bytes), order.bytes)
  if (order.order === 'echo') return median(await echo(order.times))
  if (order.order === 'close') {
    for (const connection of connections) connection.close()
    connections = []
  }
  return (performance.now() - start) / 1000
}

async function openAndRead(address: Address, bytes = 0): Promise<Connection> {
  const connection = await open(address)
  if (bytes > 0) await connection.exchange(askFor(bytes), bytes)
  return connection
}

async function echo(times: number): Promise<number[]> {
  const taken: number[] = []
  const [connection] = connections
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    await connection?.exchange(POINTER_EVENT, POINTER_EVENT.length)
    taken.push((performance.now() - start) * 1000)
  }
  return taken
}

process.on('message', async order => process.send?.(await obey(order as Order)))
process.on('disconnect', () => process.exit())
