import { escapeCommas } from './qemu-disks.ts'

/**
 * A boot sector that writes 0x10 to the port of isa-debug-exit, which ends QEMU with 0x10 * 2 + 1: only a guest
 * that really runs, through its firmware and into a disk's code, gets there.
 */
export const BOOT_DISK = Buffer.concat([
  //           mov dx, 0xf4      mov al, 0x10  out dx, al  hlt   jmp to hlt
  Buffer.from([0xba, 0xf4, 0x00, 0xb0, 0x10, 0xee, 0xf4, 0xeb, 0xfd]),
  Buffer.alloc(501),
  Buffer.from([0x55, 0xaa]),
  // SeaBIOS reads no disk that has less than a cylinder.
  Buffer.alloc(2 ** 20 - 512),
])
export const REACHED_ITS_END = 33

export const probeArgs = (accel: 'kvm' | 'tcg', sector: string): string[] => [
  '-nodefaults',
  '-no-user-config',
  '-machine',
  'pc',
  '-accel',
  accel,
  '-cpu',
  accel === 'kvm' ? 'host' : 'max',
  '-m',
  '64',
  '-display',
  'none',
  '-device',
  'isa-debug-exit,iobase=0xf4,iosize=0x04',
  '-drive',
  `if=virtio,format=raw,readonly=on,file=${escapeCommas(sector)}`,
]
