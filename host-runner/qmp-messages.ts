/** What QEMU sends, of which only what DARTS reads is typed. */
export type QmpEvents = {
  SHUTDOWN: { guest: boolean; reason: string }
  RESET: { guest: boolean; reason: string }
  GUEST_PANICKED: { action: string }
  BLOCK_IO_ERROR: { device: string; nospace?: boolean; action: string; reason: string }
  VSERPORT_CHANGE: { id: string; open: boolean }
  MIGRATION: { status: string }
  STOP: Record<string, never>
  RESUME: Record<string, never>
}
export type QmpEventName = keyof QmpEvents

export type QmpMessage =
  | { kind: 'greeting' }
  | { kind: 'event'; event: string; data: unknown }
  | { kind: 'return'; id: number; value: unknown }
  | { kind: 'error'; id: number; text: string }

/** @throws Error for a line that is not QMP */
export function parseQmp(line: string): QmpMessage {
  const message: {
    QMP?: unknown
    event?: string
    data?: unknown
    id?: number
    return?: unknown
    error?: { class: string; desc: string }
  } = JSON.parse(line)
  if (message.QMP) return { kind: 'greeting' }
  if (message.event) return { kind: 'event', event: message.event, data: message.data ?? {} }
  const id = message.id ?? -1
  if (message.error) return { kind: 'error', id, text: `${message.error.class}: ${message.error.desc}` }
  if ('return' in message) return { kind: 'return', id, value: message.return }
  throw new Error(`not a QMP message: ${line.slice(0, 200)}`)
}
