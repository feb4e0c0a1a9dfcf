import type { Duplex } from 'node:stream'

/** A small RFB 3.8 client that reads raw frames: enough to see and to type. Source: RFC 6143. */
export class Rfb {
  width = 0
  height = 0
  name = ''
  /** Pixels of the whole frame as they are known, 4 bytes each, blue first. */
  frame = Buffer.alloc(0)
  readonly #stream: Duplex
  #parts: Buffer[] = []
  #have = 0
  #wake = () => {}

  private constructor(stream: Duplex) {
    this.#stream = stream
    stream.on('error', () => {})
    stream.on('close', () => this.#wake())
    stream.on('data', (part: Buffer) => {
      this.#parts.push(part)
      this.#have += part.length
      this.#wake()
    })
  }

  static async open(stream: Duplex): Promise<Rfb> {
    const rfb = new Rfb(stream)
    await rfb.#greet()
    return rfb
  }

  async #greet(): Promise<void> {
    const version = await this.#read(12)
    if (!version.toString().startsWith('RFB 003.')) throw new Error(`no RFB: ${version}`)
    this.#stream.write('RFB 003.008\n')
    await this.#read((await this.#read(1)).readUInt8())
    this.#stream.write(Buffer.from([1]))
    await this.#read(4)
    this.#stream.write(Buffer.from([1]))
    const head = await this.#read(24)
    this.width = head.readUInt16BE(0)
    this.height = head.readUInt16BE(2)
    this.name = (await this.#read(head.readUInt32BE(20))).toString()
    this.#stream.write(Buffer.from([2, 0, 0, 2, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x21]))
    this.frame = Buffer.alloc(this.width * this.height * 4)
  }

  /** Any message makes an idle QEMU look at its display at once: an empty ClientCutText changes nothing. */
  nudge(): void {
    this.#stream.write(Buffer.from([6, 0, 0, 0, 0, 0, 0, 0]))
  }

  /** Asks for the frame (whole, or what has changed) and waits for one update of it. */
  async update(incremental: boolean): Promise<void> {
    const ask = Buffer.from([3, incremental ? 1 : 0, 0, 0, 0, 0, 0, 0, 0, 0])
    ask.writeUInt16BE(this.width, 6)
    ask.writeUInt16BE(this.height, 8)
    this.#stream.write(ask)
    while (!(await this.#message()));
  }

  /** Presses or releases a key, by its X keysym. */
  key(keysym: number, down: boolean): void {
    const key = Buffer.from([4, down ? 1 : 0, 0, 0, 0, 0, 0, 0])
    key.writeUInt32BE(keysym, 4)
    this.#stream.write(key)
  }

  press(keysym: number): void {
    this.key(keysym, true)
    this.key(keysym, false)
  }

  /** Moves the pointer, with these buttons held. */
  point(x: number, y: number, buttons = 0): void {
    const event = Buffer.from([5, buttons, 0, 0, 0, 0])
    event.writeUInt16BE(x, 2)
    event.writeUInt16BE(y, 4)
    this.#stream.write(event)
  }

  type(text: string): void {
    for (const letter of text) this.press(letter === '\n' ? 0xff0d : (letter.codePointAt(0) ?? 0))
  }

  /** Distinct colours in a sample of the frame: a text console has few, a desktop has many. */
  colours(): number {
    const seen = new Set<number>()
    for (let at = 0; at + 4 <= this.frame.length; at += 28) seen.add(this.frame.readUIntLE(at, 3))
    return seen.size
  }

  close(): void {
    this.#stream.destroy()
  }

  /** True for a frame-buffer update. */
  async #message(): Promise<boolean> {
    const type = (await this.#read(1)).readUInt8()
    if (type === 2) return false
    if (type === 3) {
      const head = await this.#read(7)
      await this.#read(Math.abs(head.readInt32BE(3)))
      return false
    }
    if (type !== 0) throw new Error(`unexpected message ${type}`)
    const count = (await this.#read(3)).readUInt16BE(1)
    for (let i = 0; i < count; i++) await this.#rectangle()
    return true
  }

  async #rectangle(): Promise<void> {
    const head = await this.#read(12)
    const [x, y, width, height] = [0, 2, 4, 6].map(at => head.readUInt16BE(at)) as [
      number,
      number,
      number,
      number,
    ]
    const encoding = head.readInt32BE(8)
    if (encoding === -223) {
      this.width = width
      this.height = height
      this.frame = Buffer.alloc(width * height * 4)
      return
    }
    if (encoding !== 0) throw new Error(`unexpected encoding ${encoding}`)
    const pixels = await this.#read(width * height * 4)
    for (let row = 0; row < height; row++)
      pixels.copy(this.frame, ((y + row) * this.width + x) * 4, row * width * 4, (row + 1) * width * 4)
  }

  async #read(size: number): Promise<Buffer> {
    while (this.#have < size) {
      if (this.#stream.destroyed) throw new Error('the display was closed')
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    const all = Buffer.concat(this.#parts)
    this.#parts = [all.subarray(size)]
    this.#have -= size
    return all.subarray(0, size)
  }
}
