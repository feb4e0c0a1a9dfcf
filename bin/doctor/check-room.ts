import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Settings } from '../../config/settings.ts'
import type { Finding } from './checks.ts'

export async function checkRoom(settings: Settings): Promise<Finding[]> {
  let folder = settings.state
  while (!existsSync(folder)) folder = dirname(folder)
  const { bavail, bsize } = await statfs(folder)
  const free = Math.floor((bavail * bsize) / 2 ** 20)
  const what = `${(free / 1024).toFixed(1)} GiB free for ${settings.state}`
  if (free >= settings.diskReserve + 4096) return [{ is: 'good', what }]
  const mend = 'make room, or set DARTS_STATE to a larger disk'
  return [{ is: free < settings.diskReserve ? 'bad' : 'note', what: `only ${what}`, mend }]
}
