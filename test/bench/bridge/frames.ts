import { randomBytes } from 'node:crypto'

const PING = 9
const FIRST_CONTROL = 8

/**
 * Counts the payload of a websocket server's frames without touching it: returns how much of it was in the bytes
 * given. A reader that did more would be what is measured. Source: RFC 6455, section 5.2.
 */
export function payloadCounter(onPing: () => void): (bytes: Uint8Array) => number {
  const head = Buffer.alloc(10)
  let known = 0
  let left = 0
  let opcode = 0

  return bytes => {
    let payload = 0
    for (let at = 0; at < bytes.length; ) {
      if (left > 0) {
        const part = Math.min(left, bytes.length - at)
        if (opcode < FIRST_CONTROL) payload += part
        left -= part
        at += part
        continue
      }
      head[known++] = bytes[at++] ?? 0
      if (known < 2 || known < headLength(head)) continue
      known = 0
      opcode = head.readUInt8() & 15
      left = payloadLength(head)
      if (opcode === PING) onPing()
    }
    return payload
  }
}

const lengthCode = (head: Buffer) => head.readUInt8(1) & 127
const headLength = (head: Buffer) => ({ 126: 4, 127: 10 })[lengthCode(head)] ?? 2
const payloadLength = (head: Buffer) =>
  ({ 126: head.readUInt16BE(2), 127: head.readUIntBE(4, 6) })[lengthCode(head)] ?? lengthCode(head)

/** A small frame as a browser sends it, masked; the length of `payload` is below 126. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4)
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0))
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked])
}
