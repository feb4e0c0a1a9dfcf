import { StringDecoder } from 'node:string_decoder'

/** Cuts a stream of bytes into lines; a line longer than `limit` characters is cut there. */
export function lineSplitter(onLine: (line: string) => void, limit = 2 ** 20): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  return chunk => {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > limit) {
      lines.push(rest)
      rest = ''
    }
    for (const line of lines) if (line.trim() !== '') onLine(line.trim())
  }
}
