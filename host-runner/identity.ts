import { createHash } from 'node:crypto'

/** The same uuid for a session whoever asks: its QEMU is found by it in the list of processes. */
export function uuidOf(session: string): string {
  const bytes = digest('uuid', session).subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** QEMU's own prefix, then three bytes of the session. */
export const macOf = (session: string) =>
  ['52', '54', '00', ...Array.from(digest('mac', session).subarray(0, 3), hex)].join(':')

const hex = (byte: number) => byte.toString(16).padStart(2, '0')
const digest = (what: string, session: string) =>
  createHash('sha256').update(`darts ${what} ${session}`).digest()
