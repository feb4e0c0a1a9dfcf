import type { Accel } from '../../config/contract/facts.ts'
import { escapeCommas } from './qemu-disks.ts'

/**
 * A boot disk whose code counts down from 20 million in protected mode and then writes 0x10 to the port of
 * isa-debug-exit, which ends QEMU with 0x10 * 2 + 1. The counting is the proof: there are hosts whose KVM takes a
 * guest through its firmware and into a disk's code, but one trapped instruction at a time, where no kernel ever
 * comes up. TCG does it in 0.2 s.
 */
const ORIGIN = 0x7c00
const GDT = 0x40
const code = [
  [0xfa], //                                    cli
  [0x31, 0xc0, 0x8e, 0xd8], //                  ds = 0
  [0x0f, 0x01, 0x16, ...le16(ORIGIN + GDT)], // lgdt
  [0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0], // cr0 |= 1
  [0xea, ...le16(ORIGIN + 23), ...le16(8)], //  jump into the 32-bit segment, to the next instruction
  [0xb9, 0x00, 0x2d, 0x31, 0x01], //            ecx = 20000000
  [0x49, 0x75, 0xfd], //                        again: dec ecx; jnz again
  [0xba, 0xf4, 0x00, 0x00, 0x00, 0xb0, 0x10, 0xee], // out 0xf4, 0x10
  [0xf4, 0xeb, 0xfd], //                        hlt for ever
].flat()
/** The table's own size and place, an empty entry for it to point at, a flat 32-bit code segment. */
const table = [...le16(15), ...le16(ORIGIN + GDT + 8), 0, 0, 0, 0]
const segments = [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0x9a, 0xcf, 0]

/** SeaBIOS reads no disk that has less than a cylinder. */
export const BOOT_DISK = Buffer.alloc(2 ** 20)
BOOT_DISK.set(code)
BOOT_DISK.set([...table, ...segments], GDT)
BOOT_DISK.set([0x55, 0xaa], 510)

function le16(value: number): number[] {
  return [value & 0xff, value >> 8]
}

export const REACHED_ITS_END = 33

export const probeArgs = (accel: Accel, sector: string): string[] => [
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
