import type { Accel } from '../../config/contract/facts.ts'
import type { ImageFormat } from '../../config/machine.ts'

/** What a session's QEMU is made of. All paths are absolute. */
export type QemuSpec = {
  session: string
  uuid: string
  mac: string
  accel: Accel
  /** Versioned, so that what is frozen or suspended outlives an upgrade of QEMU. */
  machineType: string
  cpus: number
  memory: Memory
  boot: Boot
  disk: Disk
  display: Display
  sockets: { qmp: string; agent: string; desktop: string; identity: string }
  clipboard: boolean
}

/**
 * `size` in MiB. A template's memory is a file that its guest writes to; a clone maps that file privately, without
 * the right to write to it, and waits for the rest of the template's state.
 */
export type Memory =
  | { kind: 'anonymous'; size: number }
  | { kind: 'template'; size: number; file: string }
  | { kind: 'clone'; size: number; file: string }

export type Boot =
  | { firmware: 'kernel'; kernel: string; initrd?: string; append: string }
  | { firmware: 'bios' }
  | { firmware: 'uefi'; code: string; vars: string }

/**
 * The chain of files under the session's own layer, which is always qcow2. `frozen` is the disk of a template, between
 * a clone's layer and the machine's image.
 */
export type Disk =
  | {
      kind: 'overlay'
      overlay: string
      frozen?: string
      base: { file: string; format: Exclude<ImageFormat, 'iso'> }
    }
  | { kind: 'blank'; overlay: string; frozen?: string; cdrom: string }

export type Display = { device: 'virtio-vga' | 'VGA'; socket: string }
