import type { ImageFormat } from '../../config/machine.ts'

export type Accel = 'kvm' | 'tcg'

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
  sockets: { qmp: string; agent: string; desktop: string }
  clipboard: boolean
}

/** MiB. Templates and their clones will add memory that is mapped from a file. */
export type Memory = { kind: 'anonymous'; size: number }

export type Boot =
  | { firmware: 'kernel'; kernel: string; initrd?: string; append: string }
  | { firmware: 'bios' }
  | { firmware: 'uefi'; code: string; vars: string }

/** The chain of files under the session's own layer, which is always qcow2. */
export type Disk =
  | { kind: 'overlay'; overlay: string; base: { file: string; format: Exclude<ImageFormat, 'iso'> } }
  | { kind: 'blank'; overlay: string; cdrom: string }

export type Display = { device: 'virtio-vga' | 'VGA'; socket: string }
