import type { IncomingMessage } from 'node:http'
import { DartsError } from '../../config/errors.ts'
import type { Caller } from './logins.ts'
import { isOurs } from './origin.ts'

/**
 * A cookie goes along with requests that other sites make; what changes something must come from our own pages.
 * @throws DartsError `origin-refused`
 */
export function crossSite({ method = 'GET', headers }: IncomingMessage, caller: Caller | undefined): void {
  if (method === 'GET' || method === 'HEAD' || caller?.kind !== 'cookie') return
  const site = headers['sec-fetch-site']
  if (!isOurs(headers) || (site !== undefined && site !== 'same-origin' && site !== 'none'))
    throw new DartsError('origin-refused', `a ${method} from another site`)
}
