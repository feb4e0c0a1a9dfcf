import { join } from 'node:path'
import type { CatalogueEntry } from '../config/catalogue.ts'
import type { Boot, Disk, Memory, QemuSpec } from './commands/qemu-spec.ts'
import { macOf, uuidOf } from './identity.ts'
import type { Engine } from './prepare/engine.ts'
import type { SessionFiles } from './session-files.ts'

export const OVMF = { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.fd' }

type Parts = {
  /** Of the session, template or clone. */
  id: string
  machine: CatalogueEntry
  cpus: number
  memory: Memory
  /** Disk of the template that a clone is on. */
  frozen?: string
  files: SessionFiles
  engine: Engine
  images: string
}

/** What a QEMU is made of: the machine of the catalogue, what was asked for, how this host runs it. */
export function qemuSpecOf({ id, machine, cpus, memory, frozen, files, engine, images }: Parts): QemuSpec {
  const folder = join(images, machine.name)
  return {
    session: id,
    uuid: uuidOf(id),
    mac: macOf(id),
    accel: engine.accel,
    machineType: engine.machineType,
    cpus,
    memory,
    boot: bootOf(machine, folder, files),
    disk: { ...diskOf(machine, folder, files), ...(frozen !== undefined && { frozen }) },
    display: { device: machine.display, socket: files.vnc },
    sockets: { qmp: files.qmp, agent: files.agent, desktop: files.desktop, identity: files.identity },
    // What is frozen has none yet; a clone gets it when it runs.
    clipboard: machine.clipboard && memory.kind === 'anonymous',
  }
}

function bootOf({ boot }: CatalogueEntry, folder: string, { vars }: SessionFiles): Boot {
  switch (boot.firmware) {
    case 'kernel': {
      const { kernel, initrd, append } = boot
      const files = { kernel: join(folder, kernel), ...(initrd && { initrd: join(folder, initrd) }) }
      return { firmware: 'kernel', append, ...files }
    }
    case 'uefi':
      return { firmware: 'uefi', code: OVMF.code, vars }
    case 'bios':
      return { firmware: 'bios' }
  }
}

function diskOf({ image }: CatalogueEntry, folder: string, { overlay }: SessionFiles): Disk {
  const { format } = image
  const file = join(folder, image.disk)
  return format === 'iso'
    ? { kind: 'blank', overlay, cdrom: file }
    : { kind: 'overlay', overlay, base: { file, format } }
}
