/** The whole environment of a session's QEMU. */
export const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' }
/** The gateway's group may connect to QEMU's sockets. */
export const UMASK = 0o007
