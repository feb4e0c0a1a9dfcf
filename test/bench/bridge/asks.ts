/** Length of a message that asks the display for bytes; RFB has no shorter way to tell it from another. */
export const ASK_BYTES = 8

export function askFor(bytes: number): Buffer {
  const message = Buffer.alloc(ASK_BYTES)
  message.writeBigUInt64BE(BigInt(bytes))
  return message
}

/** As long as RFB's PointerEvent; the display sends it back. */
export const POINTER_EVENT = Buffer.from([5, 0, 0, 1, 0, 1])
