import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings } from '../../../config/settings.ts'

/** A program whose command line names the files of a session or of a waiting copy, as /proc tells it. */
export type Program = {
  pid: number
  /** Of the session, or of the copy that it was started as. */
  id: string
  /** Only of the QEMU that is the session's machine: libguestfs has one of its own. */
  qemu?: { uuid: string; stopped: boolean }
}

/** Every program of these folders, whoever started it. */
export async function programsOf(settings: Pick<Settings, 'state' | 'run'>): Promise<Program[]> {
  const pids = (await readdir('/proc')).filter(name => /^[0-9]+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map(pid => programOf(pid, settings)))
  return found.filter(program => program !== undefined)
}

async function programOf(pid: number, settings: Pick<Settings, 'state' | 'run'>) {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const id = idIn(text, settings)
  if (!id) return undefined
  const args = text.split('\0')
  const isMachine = args[0]?.includes('qemu-system') && after(args, '-name')?.startsWith('darts-')
  const stat = await readFile(join('/proc', String(pid), 'stat'), 'utf8').catch(() => '')
  const condition = stat.slice(stat.lastIndexOf(')') + 2)[0]
  // What has ended and was not waited for holds nothing any more.
  if (condition === undefined || 'ZX'.includes(condition)) return undefined
  const qemu = { uuid: after(args, '-uuid') ?? '', stopped: condition === 'T' }
  return { pid, id, ...(isMachine && { qemu }) }
}

function idIn(text: string, { state, run }: Pick<Settings, 'state' | 'run'>): string | undefined {
  // Services below a closed folder are shown the state folder beside the run folder.
  for (const place of [state, run, `${run}-state`])
    for (const kind of ['sessions', 'displays', 'control', 'pool']) {
      const [, rest] = text.split(`${place}/${kind}/`)
      const id = /^[a-z0-9]{10,32}\b/.exec(rest ?? '')?.[0]
      if (id) return id
    }
  return undefined
}

const after = (args: string[], name: string) =>
  args.includes(name) ? args[args.indexOf(name) + 1] : undefined
