import type { ImageFormat } from '../../config/machine.ts'
import { DRIVER } from './qemu-disks.ts'

/** `--force-share`: sessions may be running on it. */
export const imageInfo = (file: string, format: ImageFormat): string[] => [
  'qemu-img',
  'info',
  '--output=json',
  '--force-share',
  '-f',
  DRIVER[format],
  file,
]

/** `size` in bytes is known from the inspection: with `-u` the machine's image need not be opened again. */
export const createOverlay = (overlay: string, base: string, format: ImageFormat, size: number): string[] => [
  'qemu-img',
  'create',
  '-q',
  '-f',
  'qcow2',
  '-u',
  '-b',
  base,
  '-F',
  DRIVER[format],
  overlay,
  String(size),
]

/** `size` in bytes. */
export const createBlank = (overlay: string, size: number): string[] => [
  'qemu-img',
  'create',
  '-q',
  '-f',
  'qcow2',
  overlay,
  String(size),
]
