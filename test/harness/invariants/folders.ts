import { readdir, readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { folders } from '../../../config/folders.ts'
import type { Settings } from '../../../config/settings.ts'

/** Something that lies where sessions or waiting copies have their files. */
export type Folder = { path: string; id: string; place: 'session' | 'copy'; mode: number }

export async function foldersOf(settings: Settings): Promise<Folder[]> {
  const { sessions, displays, control, pool, poolRun } = folders(settings)
  const all = [
    ...[sessions, displays, control].map(parent => namesIn(parent, 'session')),
    ...[pool, poolRun].map(parent => namesIn(parent, 'copy')),
  ]
  return (await Promise.all(all)).flat()
}

async function namesIn(parent: string, place: Folder['place']): Promise<Folder[]> {
  const names = (await readdir(parent).catch(() => [])).filter(name => /^[a-z0-9]{10,32}$/.test(name))
  const found = await Promise.all(
    names.map(async id => {
      const path = join(parent, id)
      const there = await stat(path).catch(() => undefined)
      return there && { path, id, place, mode: there.mode & 0o7777 }
    }),
  )
  return found.filter(folder => folder !== undefined)
}

/** uuid of a QEMU → the session that has it, as the manifests beside the overlays say. */
export async function uuidsOf(settings: Settings): Promise<Map<string, string>> {
  const { sessions } = folders(settings)
  const uuids = new Map<string, string>()
  for (const { id, path } of await namesIn(sessions, 'session')) {
    const text = await readFile(join(path, 'manifest.json'), 'utf8').catch(() => undefined)
    if (text) uuids.set((JSON.parse(text) as { uuid: string }).uuid, id)
  }
  return uuids
}

/** Control groups of which the name holds an id, whichever version the kernel has. */
export async function controlGroups(depth = 4, parent = '/sys/fs/cgroup'): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => [])
  const paths = entries.filter(entry => entry.isDirectory()).map(({ name }) => join(parent, name))
  const below = depth > 1 ? await Promise.all(paths.map(path => controlGroups(depth - 1, path))) : []
  return [...paths.filter(path => /[a-z0-9]{10,32}/.test(path)), ...below.flat()]
}

/** Whether a display's socket answers with RFB. */
export const displayAnswers = (settings: Settings, id: string) =>
  new Promise<boolean>(resolve => {
    const socket = connect(join(folders(settings).displays, id, 'vnc.sock'))
    socket.setTimeout(5000, () => socket.destroy())
    socket.once('data', data => resolve(data.toString().startsWith('RFB ')))
    socket.once('error', () => resolve(false)).once('close', () => resolve(false))
    socket.once('data', () => socket.destroy())
  })
