import type { Accel } from '../../config/contract/facts.ts'

/** Runs `script` inside a stopped disk. The format is forced; the guest gets no network. */
export const virtCustomize = (disk: string, script: string): string[] => [
  'virt-customize',
  '--no-network',
  '--format',
  'qcow2',
  '--add',
  disk,
  '--run',
  script,
]

/**
 * `appliance` is a prepared one, so that nothing is built in a session's start; `scratch` a folder of the
 * program's own user for its sockets and temporary files.
 */
export const guestfsEnvironment = (appliance: string, scratch: string, accel: Accel) => ({
  HOME: scratch,
  TMPDIR: scratch,
  XDG_RUNTIME_DIR: scratch,
  LIBGUESTFS_PATH: appliance,
  LIBGUESTFS_BACKEND: 'direct',
  ...(accel === 'tcg' && { LIBGUESTFS_BACKEND_SETTINGS: 'force_tcg' }),
  LIBGUESTFS_MEMSIZE: '512',
})
