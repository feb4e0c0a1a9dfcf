/* Numbers of RFC 6143 and of its registry (https://github.com/rfbproto/rfbproto). */
const [RAW, COPY_RECT, TIGHT, ZRLE] = [0, 1, 7, 16]
const [QUALITY_0, COMPRESSION_0] = [-32, -256]
/** What noVNC asks for beside pictures: size, last rectangle, keys, lamps, size, buttons, name, cursor. */
const PSEUDO = [-223, -224, -258, -261, -308, -316, -307, -239]

export type Encoding = { name: string; list: readonly number[] }

const tight = (compression: number, quality?: number): Encoding => ({
  name: `tight ${quality === undefined ? 'lossless' : `quality ${quality}`}, compression ${compression}`,
  list: [
    COPY_RECT,
    TIGHT,
    RAW,
    ...(quality === undefined ? [] : [QUALITY_0 + quality]),
    COMPRESSION_0 + compression,
    ...PSEUDO,
  ],
})

/** QEMU sends JPEG only with `lossy=on`; what its levels mean stands in web/session/display.ts. */
export const ENCODINGS: readonly Encoding[] = [
  { name: 'raw', list: [COPY_RECT, RAW, ...PSEUDO] },
  { name: 'zrle, compression 2', list: [COPY_RECT, ZRLE, RAW, COMPRESSION_0 + 2, ...PSEUDO] },
  tight(2),
  tight(2, 9),
  tight(2, 7),
  tight(2, 6),
  tight(2, 4),
]

/** What the session page asks for. */
export const CHOSEN = 'tight quality 7, compression 2'

export const LOSSLESS = tight(2).list
