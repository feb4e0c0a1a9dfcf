import { createServer } from 'node:net'
import { DartsError } from '../../config/errors.ts'

/** @throws DartsError `set-up` when nothing can listen there, said before anything is started */
export async function mustBeFree(address: string, port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => server.close(() => resolve()))
  }).catch(cause => {
    const why = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message
    throw new DartsError(
      'set-up',
      `cannot listen on ${address}:${port}: ${why}. Set DARTS_PORT or DARTS_ADDRESS`,
      {
        cause,
      },
    )
  })
}
