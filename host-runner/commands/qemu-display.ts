import { escapeCommas } from './qemu-disks.ts'
import type { Display } from './qemu-spec.ts'

/** A screen, its VNC server on a unix socket for several viewers at once, a pointer in absolute coordinates. */
export const display = ({ device, socket }: Display): string[] => [
  '-device',
  `${device},id=screen,edid=on,xres=1280,yres=800`,
  '-display',
  'none',
  '-vnc',
  `unix:${escapeCommas(socket)},share=force-shared`,
  '-device',
  'qemu-xhci,id=usb',
  '-device',
  'usb-tablet,bus=usb.0',
]
