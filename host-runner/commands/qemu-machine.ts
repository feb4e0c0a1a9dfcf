import { escapeCommas } from './qemu-disks.ts'
import type { Memory, QemuSpec } from './qemu-spec.ts'

const SANDBOX = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'

export const machine = (spec: QemuSpec): string[] => [
  '-nodefaults',
  '-no-user-config',
  '-name',
  `darts-${spec.session}`,
  '-uuid',
  spec.uuid,
  '-sandbox',
  SANDBOX,
  '-machine',
  `${spec.machineType},memory-backend=memory`,
  '-accel',
  spec.accel === 'kvm' ? 'kvm' : 'tcg,thread=multi',
  '-cpu',
  spec.accel === 'kvm' ? 'host' : 'max',
  '-smp',
  String(spec.cpus),
  ...memory(spec.memory),
  // A new one tells a clone of a memory image that it is one; the kernel reseeds on it.
  '-device',
  'vmgenid,guid=auto',
  '-device',
  'virtio-rng-pci',
  // A guest that panics is kept as it is, so that it can be told from one that was shut down.
  '-device',
  'pvpanic-pci',
  '-action',
  'panic=pause',
  // The one line in its log that says why QEMU ended, for a runner that was away at that moment.
  '-trace',
  'enable=qemu_system_shutdown_request',
]

function memory(memory: Memory): string[] {
  const size = `size=${memory.size}M`
  switch (memory.kind) {
    case 'anonymous':
      return ['-m', `${memory.size}M`, '-object', `memory-backend-ram,id=memory,${size}`]
    case 'template':
      return ['-m', `${memory.size}M`, '-object', `${fromFile(memory.file)},${size},share=on`]
    case 'clone':
      // `rom=off`: only the file is read-only, the guest's memory is not.
      return [
        '-m',
        `${memory.size}M`,
        '-object',
        `${fromFile(memory.file)},${size},share=off,readonly=on,rom=off`,
        '-incoming',
        'defer',
      ]
  }
}

const fromFile = (file: string) => `memory-backend-file,id=memory,mem-path=${escapeCommas(file)}`
