/** Where Debian keeps the parts that the appliance of libguestfs is made of. */
export const SUPERMIN_PARTS = '/usr/lib/x86_64-linux-gnu/guestfs/supermin.d'

export const superminBuild = (output: string): string[] => [
  'supermin',
  '--build',
  '--format',
  'ext2',
  '--copy-kernel',
  '--host-cpu',
  'x86_64',
  '-o',
  output,
  SUPERMIN_PARTS,
]

export type Kernel = { version: string; image: string; modules: string }

export const superminEnvironment = ({ image, modules }: Kernel, scratch: string) => ({
  HOME: scratch,
  TMPDIR: scratch,
  SUPERMIN_KERNEL: image,
  SUPERMIN_MODULES: modules,
})
