import { escapeCommas } from './qemu-disks.ts'
import type { Display } from './qemu-spec.ts'

/**
 * A screen, its VNC server on a unix socket for several viewers at once, a pointer in absolute coordinates. `lossy`
 * permits JPEG to viewers that ask for it; which of its levels the page asks for, and why, stands in
 * web/session/display.ts.
 */
export const display = ({ device, socket }: Display): string[] => [
  '-device',
  `${device},id=screen,edid=on,xres=1280,yres=800`,
  '-display',
  'none',
  '-vnc',
  `unix:${escapeCommas(socket)},share=force-shared,lossy=on`,
  '-device',
  'qemu-xhci,id=usb',
  '-device',
  'usb-tablet,bus=usb.0',
]
