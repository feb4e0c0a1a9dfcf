import { spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { readCatalogue } from '../../../config/catalogue.ts'
import { newSessionId } from '../../../config/contract/names.ts'
import { folders } from '../../../config/folders.ts'
import type { Settings } from '../../../config/settings.ts'
import { QEMU, qemuArgs } from '../../../host-runner/commands/qemu.ts'
import { setpriv } from '../../../host-runner/commands/setpriv.ts'
import { migrated, sharingMemory } from '../../../host-runner/migration.ts'
import { findEngine } from '../../../host-runner/prepare/probe-kvm.ts'
import { qemuSpecOf } from '../../../host-runner/qemu-spec-of.ts'
import { Qmp } from '../../../host-runner/qmp.ts'
import { poolFiles } from '../../../host-runner/session-files.ts'
import { readTemplate } from '../../../host-runner/templates/template.ts'
import { connectWhenThere } from '../../../host-runner/unix-socket.ts'
import { systemUsers } from '../../../host-runner/users.ts'
import { CACHE, IMAGES, TEMPLATES } from '../../harness/cache.ts'
import { Rfb } from '../../harness/rfb.ts'
import { end } from '../end.ts'

export type BareClone = { pid: number; rfb: Rfb; milliseconds: number; stop(): Promise<void> }

/**
 * Restores clones of the starter machine's template by hand: an overlay, QEMU with the same arguments, its memory, a
 * whole frame. No service, no pool, and nobody gives them an identity.
 */
export async function bareScript() {
  const users = systemUsers()
  const template = await readTemplate(join(TEMPLATES, 'starter-2x2048'))
  const machine = (await readCatalogue({ siteMachines: CACHE })).get('starter')
  if (!template || !machine) throw new Error('there is no template of the starter machine')
  const stopping = new AbortController()
  const settings = { state: CACHE } as Settings
  const quiet = { running() {}, done() {}, failed() {} }
  const engine = await findEngine({ settings, users, stopping }, quiet)

  async function restore(): Promise<BareClone> {
    const base = mkdtempSync(join(tmpdir(), 'db-'))
    chmodSync(base, 0o711)
    const id = newSessionId()
    const files = poolFiles(
      folders({ state: base, run: base, images: IMAGES, templates: base, site: base }),
      id,
    )
    for (const folder of [files.folder, files.control, files.display]) {
      mkdirSync(folder, { recursive: true })
      chownSync(folder, users.vm.uid, users.vm.gid)
    }
    const { cpus, memory, files: frozen } = template as NonNullable<typeof template>
    const start = performance.now()
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', frozen.disk, files.overlay])
    chownSync(files.overlay, users.vm.uid, users.vm.gid)
    const size = { kind: 'clone', size: memory, file: frozen.memory } as const
    const spec = qemuSpecOf({
      id,
      machine: machine as NonNullable<typeof machine>,
      cpus,
      memory: size,
      frozen: frozen.disk,
      files,
      engine,
      images: IMAGES,
    })
    const [file = '', ...args] = setpriv(users.vm, [QEMU, ...qemuArgs(spec)])
    const log = openSync(files.log, 'a')
    const qemu = spawn(file, args, { stdio: ['ignore', log, log] })
    const limit = AbortSignal.timeout(60_000)
    const qmp = await Qmp.open(await connectWhenThere(files.qmp, limit), limit)
    await sharingMemory(qmp)
    const restored = migrated(qmp, limit)
    await qmp.execute('migrate-incoming', { uri: `file:${frozen.state}` })
    await restored
    await qmp.execute('cont')
    const rfb = await Rfb.open(connect(files.vnc))
    rfb.nudge()
    await rfb.update(false)
    const milliseconds = performance.now() - start
    const stop = async () => {
      rfb.close()
      qmp.close()
      await end(qemu, 'SIGKILL')
      rmSync(base, { recursive: true, force: true })
    }
    return { pid: qemu.pid ?? 0, rfb, milliseconds, stop }
  }

  return { restore }
}
