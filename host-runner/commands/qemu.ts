import { channels } from './qemu-channels.ts'
import { bootArgs, disks } from './qemu-disks.ts'
import { display } from './qemu-display.ts'
import { machine } from './qemu-machine.ts'
import type { QemuSpec } from './qemu-spec.ts'

export const QEMU = 'qemu-system-x86_64'

/**
 * Every argument of a session's QEMU. Boot and (later) restore use this one builder: a clone must describe the
 * same machine as the template that its memory comes from.
 */
export const qemuArgs = (spec: QemuSpec): string[] => [
  ...machine(spec),
  ...bootArgs(spec.boot),
  ...disks(spec.disk),
  ...display(spec.display),
  ...network(spec.mac),
  ...channels(spec.sockets, spec.clipboard),
]

/** `restrict`: the guest reaches neither the server nor the outside, until network policies come. */
const network = (mac: string) => [
  '-netdev',
  'user,id=net,restrict=on',
  '-device',
  // No option ROM: it would spend seconds on a network boot that nobody serves.
  `virtio-net-pci,netdev=net,mac=${mac},romfile=`,
]
