import type { ImageFormat } from '../../config/machine.ts'
import type { Boot, Disk } from './qemu-spec.ts'

/** QEMU's names of the formats. */
export const DRIVER = {
  qcow2: 'qcow2',
  raw: 'raw',
  vdi: 'vdi',
  vmdk: 'vmdk',
  vhd: 'vpc',
  vhdx: 'vhdx',
  iso: 'raw',
} as const satisfies Record<ImageFormat, string>

/** A full disk pauses the guest instead of giving it errors. */
const DISK = 'virtio-blk-pci,drive=disk,bootindex=2,werror=stop,rerror=stop'

/** Whole chain in JSON: no layer's format is detected, and no layer names the file below it. */
export function disks(disk: Disk): string[] {
  const args = ['-blockdev', JSON.stringify(overlayNode(disk)), '-device', DISK]
  if (disk.kind === 'overlay') return args
  const cdrom = {
    driver: 'raw',
    'node-name': 'cdrom',
    'read-only': true,
    file: readOnly('cdrom', disk.cdrom),
  }
  return [...args, '-blockdev', JSON.stringify(cdrom), '-device', 'ide-cd,drive=cdrom,bootindex=1']
}

const overlayNode = (disk: Disk) => ({
  driver: 'qcow2',
  'node-name': 'disk',
  discard: 'unmap',
  // An overlay never outlives its session, so nothing is gained by waiting for the platters.
  cache: { 'no-flush': true },
  file: {
    driver: 'file',
    'node-name': 'disk-file',
    filename: disk.overlay,
    locking: 'on',
    discard: 'unmap',
    cache: { 'no-flush': true },
  },
  backing: disk.frozen === undefined ? belowOverlay(disk) : frozenNode(disk.frozen, disk),
})

const belowOverlay = (disk: Disk) =>
  disk.kind === 'overlay' ? baseNode(disk.base.file, disk.base.format) : null

const frozenNode = (filename: string, disk: Disk) => ({
  driver: 'qcow2',
  'node-name': 'frozen',
  'read-only': true,
  file: readOnly('frozen', filename),
  backing: belowOverlay(disk),
})

const baseNode = (file: string, format: Exclude<ImageFormat, 'iso'>) => ({
  driver: DRIVER[format],
  'node-name': 'base',
  'read-only': true,
  file: readOnly('base', file),
  // Only these formats can name a further layer, and theirs is refused whatever they say.
  ...((format === 'qcow2' || format === 'vmdk') && { backing: null }),
})

const readOnly = (name: string, filename: string) => ({
  driver: 'file',
  'node-name': `${name}-file`,
  filename,
  'read-only': true,
})

export function bootArgs(boot: Boot): string[] {
  switch (boot.firmware) {
    case 'kernel':
      return [
        '-kernel',
        boot.kernel,
        ...(boot.initrd ? ['-initrd', boot.initrd] : []),
        '-append',
        boot.append,
      ]
    case 'bios':
      return []
    case 'uefi':
      return [...flash(0, boot.code, true), ...flash(1, boot.vars, false)]
  }
}

const flash = (unit: number, filename: string, readonly: boolean) => [
  '-drive',
  `if=pflash,unit=${unit},format=raw,readonly=${readonly ? 'on' : 'off'},file=${escapeCommas(filename)}`,
]

/** In QEMU's `key=value,…` options a comma is written twice. */
export const escapeCommas = (text: string) => text.replaceAll(',', ',,')
