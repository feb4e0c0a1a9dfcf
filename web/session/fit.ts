import type RFB from '@novnc/novnc'

/** `resize`: the desktop takes the size of the window; `scale`: its picture is scaled to it. */
export type Fit = 'resize' | 'scale'

const KEY = 'darts.fit'

export const readFit = (): Fit => (localStorage.getItem(KEY) === 'scale' ? 'scale' : 'resize')
export const writeFit = (fit: Fit) => localStorage.setItem(KEY, fit)

/** Scaling goes on while resizing, for the moments and machines where the desktop has another size. */
export function applyFit(rfb: RFB, fit: Fit) {
  rfb.scaleViewport = true
  rfb.resizeSession = fit === 'resize'
}
