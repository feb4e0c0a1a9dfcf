import { escapeCommas } from './qemu-disks.ts'
import type { QemuSpec } from './qemu-spec.ts'

/** How QEMU is controlled, and how its guest talks with the host. */
export const channels = (sockets: QemuSpec['sockets'], clipboard: boolean): string[] => [
  '-chardev',
  server('qmp', sockets.qmp),
  '-mon',
  'chardev=qmp,mode=control',
  // The last of what the guest says on its console, in memory: a flood fills no disk.
  '-chardev',
  'ringbuf,id=console,size=65536',
  '-serial',
  'chardev:console',
  '-device',
  'virtio-serial-pci,id=channels',
  '-chardev',
  server('agent', sockets.agent),
  '-device',
  port('agent', 'org.qemu.guest_agent.0'),
  '-chardev',
  server('desktop', sockets.desktop),
  '-device',
  port('desktop', 'org.darts.desktop'),
  '-chardev',
  server('identity', sockets.identity),
  '-device',
  port('identity', IDENTITY_PORT),
  ...(clipboard ? clipboardChannel : []),
]

/** The guest's end of the channel that gives it its identity. */
export const IDENTITY_PORT = 'org.darts.identity'

const CLIPBOARD_PORT = 'com.redhat.spice.0'
const clipboardChannel = [
  '-chardev',
  'qemu-vdagent,id=clipboard,name=vdagent,clipboard=on',
  '-device',
  port('clipboard', CLIPBOARD_PORT),
]

/** The same for a machine that runs already: QMP commands with their arguments. A machine with it cannot be frozen. */
export const plugClipboard = [
  {
    command: 'chardev-add',
    args: {
      id: 'clipboard',
      backend: { type: 'qemu-vdagent', data: { clipboard: true } },
    },
  },
  {
    command: 'device_add',
    args: {
      driver: 'virtserialport',
      id: 'port-clipboard',
      bus: 'channels.0',
      chardev: 'clipboard',
      name: CLIPBOARD_PORT,
    },
  },
] as const

function server(id: string, path: string) {
  return `socket,id=${id},path=${escapeCommas(path)},server=on,wait=off`
}

function port(id: string, name: string) {
  return `virtserialport,id=port-${id},bus=channels.0,chardev=${id},name=${name}`
}
