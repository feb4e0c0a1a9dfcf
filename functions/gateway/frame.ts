/** Longest head of a frame that is not masked. Source: RFC 6455, section 5.2. */
export const HEAD = 10

const FINAL_BINARY = 0x82

/**
 * The binary frame around what lies in `bytes` between two places, the first at HEAD or later: its head is written in
 * front, so that nothing is copied and one write sends both.
 */
export function frameAround(bytes: Buffer, from: number, to: number): Buffer {
  const size = to - from
  const at = from - (size < 126 ? 2 : size < 65_536 ? 4 : 10)
  bytes[at] = FINAL_BINARY
  if (size < 126) bytes[at + 1] = size
  else if (size < 65_536) {
    bytes[at + 1] = 126
    bytes.writeUInt16BE(size, at + 2)
  } else {
    bytes[at + 1] = 127
    bytes.writeBigUInt64BE(BigInt(size), at + 2)
  }
  return bytes.subarray(at, to)
}

/** The same for bytes whose place is needed for others. */
export function frameOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafe(HEAD + bytes.length)
  copy.set(bytes, HEAD)
  return frameAround(copy, HEAD, copy.length)
}
