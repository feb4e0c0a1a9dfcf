import { expect, test } from 'vitest'
import { qemuArgs } from '../../../host-runner/commands/qemu.ts'
import type { QemuSpec } from '../../../host-runner/commands/qemu-spec.ts'
import { macOf, uuidOf } from '../../../host-runner/identity.ts'

const SPEC: QemuSpec = {
  session: 'abcdefghij',
  uuid: uuidOf('abcdefghij'),
  mac: macOf('abcdefghij'),
  accel: 'tcg',
  machineType: 'pc-q35-10.0',
  cpus: 2,
  memory: { kind: 'anonymous', size: 1024 },
  boot: { firmware: 'kernel', kernel: '/i/vmlinuz', initrd: '/i/initrd.img', append: 'root=/dev/vda quiet' },
  disk: { kind: 'overlay', overlay: '/s/overlay.qcow2', base: { file: '/i/disk.qcow2', format: 'qcow2' } },
  display: { device: 'virtio-vga', socket: '/r/vnc.sock' },
  sockets: {
    qmp: '/r/qmp.sock',
    agent: '/r/agent.sock',
    desktop: '/r/desktop.sock',
    identity: '/r/identity.sock',
  },
  clipboard: true,
}

test('the arguments of a session are exactly these', () => {
  expect(pairs(qemuArgs(SPEC))).toEqual([
    '-nodefaults',
    '-no-user-config',
    '-name darts-abcdefghij',
    '-uuid 5c76125e-723f-8178-b048-845e1dbb94ff',
    '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
    '-machine pc-q35-10.0,memory-backend=memory',
    '-accel tcg,thread=multi',
    '-cpu max',
    '-smp 2',
    '-m 1024M',
    '-object memory-backend-ram,id=memory,size=1024M',
    '-device vmgenid,guid=auto',
    '-device virtio-rng-pci',
    '-device pvpanic-pci',
    '-action panic=pause',
    '-trace enable=qemu_system_shutdown_request',
    '-kernel /i/vmlinuz',
    '-initrd /i/initrd.img',
    '-append root=/dev/vda quiet',
    '-blockdev {"driver":"qcow2","node-name":"disk","discard":"unmap","cache":{"no-flush":true},"file":{"driver":"file","node-name":"disk-file","filename":"/s/overlay.qcow2","locking":"on","discard":"unmap","cache":{"no-flush":true}},"backing":{"driver":"qcow2","node-name":"base","read-only":true,"file":{"driver":"file","node-name":"base-file","filename":"/i/disk.qcow2","read-only":true},"backing":null}}',
    '-device virtio-blk-pci,drive=disk,bootindex=2,werror=stop,rerror=stop',
    '-device virtio-vga,id=screen,edid=on,xres=1280,yres=800',
    '-display none',
    '-vnc unix:/r/vnc.sock,share=force-shared,lossy=on',
    '-device qemu-xhci,id=usb',
    '-device usb-tablet,bus=usb.0',
    '-netdev user,id=net,restrict=on',
    '-device virtio-net-pci,netdev=net,mac=52:54:00:a8:d6:f6,romfile=',
    '-chardev socket,id=qmp,path=/r/qmp.sock,server=on,wait=off',
    '-mon chardev=qmp,mode=control',
    '-chardev ringbuf,id=console,size=65536',
    '-serial chardev:console',
    '-device virtio-serial-pci,id=channels',
    '-chardev socket,id=agent,path=/r/agent.sock,server=on,wait=off',
    '-device virtserialport,id=port-agent,bus=channels.0,chardev=agent,name=org.qemu.guest_agent.0',
    '-chardev socket,id=desktop,path=/r/desktop.sock,server=on,wait=off',
    '-device virtserialport,id=port-desktop,bus=channels.0,chardev=desktop,name=org.darts.desktop',
    '-chardev socket,id=identity,path=/r/identity.sock,server=on,wait=off',
    '-device virtserialport,id=port-identity,bus=channels.0,chardev=identity,name=org.darts.identity',
    '-chardev qemu-vdagent,id=clipboard,name=vdagent,clipboard=on',
    '-device virtserialport,id=port-clipboard,bus=channels.0,chardev=clipboard,name=com.redhat.spice.0',
  ])
})

test('a template and its clones are the same machine, but for memory, disk and names', () => {
  const size = 1024
  const template = pairs(
    qemuArgs({ ...SPEC, clipboard: false, memory: { kind: 'template', size, file: '/t/memory' } }),
  )
  const disk = { ...SPEC.disk, frozen: '/t/disk.qcow2' }
  const clone = pairs(
    qemuArgs({ ...SPEC, clipboard: false, disk, memory: { kind: 'clone', size, file: '/t/memory' } }),
  )
  const differs = (one: string[], other: string[]) => one.filter(line => !other.includes(line))
  expect(differs(template, clone).map(line => line.split(' ')[0])).toEqual(['-object', '-blockdev'])
  expect(differs(clone, template).map(line => line.split(' ')[0])).toEqual([
    '-object',
    '-incoming',
    '-blockdev',
  ])
  expect(template).toContain('-object memory-backend-file,id=memory,mem-path=/t/memory,size=1024M,share=on')
  expect(clone).toContain(
    '-object memory-backend-file,id=memory,mem-path=/t/memory,size=1024M,share=off,readonly=on,rom=off',
  )
})

test('a clone reads its template’s disk, and the machine’s image below it, and writes to its own', () => {
  const disk = { ...SPEC.disk, frozen: '/t/disk.qcow2' }
  const [node] = blockdevs(pairs(qemuArgs({ ...SPEC, disk })))
  expect(node).toMatchObject({
    file: { filename: '/s/overlay.qcow2' },
    backing: {
      driver: 'qcow2',
      'read-only': true,
      file: { filename: '/t/disk.qcow2', 'read-only': true },
      backing: { 'read-only': true, file: { filename: '/i/disk.qcow2', 'read-only': true }, backing: null },
    },
  })
})

test('KVM brings the processor of the host', () => {
  const args = pairs(qemuArgs({ ...SPEC, accel: 'kvm' }))
  expect(args).toContain('-accel kvm')
  expect(args).toContain('-cpu host')
})

test('an ISO is read-only, in a drive that is started from first, beside a blank disk', () => {
  const disk = { kind: 'blank', overlay: '/s/overlay.qcow2', cdrom: '/i/x.iso' } as const
  const args = pairs(qemuArgs({ ...SPEC, disk, boot: { firmware: 'bios' } }))
  expect(args.filter(arg => /bootindex|-kernel/.test(arg))).toEqual([
    '-device virtio-blk-pci,drive=disk,bootindex=2,werror=stop,rerror=stop',
    '-device ide-cd,drive=cdrom,bootindex=1',
  ])
  expect(blockdevs(args)).toMatchObject([
    { driver: 'qcow2', backing: null },
    { driver: 'raw', 'read-only': true, file: { filename: '/i/x.iso', 'read-only': true } },
  ])
})

test('UEFI has its code read-only and variables of its own', () => {
  const boot = { firmware: 'uefi', code: '/o/CODE.fd', vars: '/s/vars.fd' } as const
  expect(pairs(qemuArgs({ ...SPEC, boot })).filter(arg => arg.startsWith('-drive'))).toEqual([
    '-drive if=pflash,unit=0,format=raw,readonly=on,file=/o/CODE.fd',
    '-drive if=pflash,unit=1,format=raw,readonly=off,file=/s/vars.fd',
  ])
})

test.for([
  ['vhd', 'vpc', undefined],
  ['vdi', 'vdi', undefined],
  ['vmdk', 'vmdk', null],
  ['qcow2', 'qcow2', null],
] as const)(
  '%s: its driver is forced, and what it names below itself is refused',
  ([format, driver, backing]) => {
    const disk = { kind: 'overlay', overlay: '/s/o', base: { file: '/i/d', format } } as const
    const [node] = blockdevs(pairs(qemuArgs({ ...SPEC, disk })))
    expect(node.backing.driver).toBe(driver)
    expect(node.backing.backing).toBe(backing)
  },
)

test('a comma in a path is no option', () => {
  const display = { device: 'VGA', socket: '/r/a,password=on' } as const
  expect(qemuArgs({ ...SPEC, display })).toContain('unix:/r/a,,password=on,share=force-shared,lossy=on')
})

test('uuid and MAC follow from the session, and differ between sessions', () => {
  expect(uuidOf('abcdefghij')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
  expect(uuidOf('abcdefghij')).not.toBe(uuidOf('abcdefghik'))
  expect(macOf('abcdefghij')).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/)
})

/** Each option with its value, as one would write it. */
function pairs(args: string[]): string[] {
  const lines: string[] = []
  for (const arg of args) {
    if (arg.startsWith('-')) lines.push(arg)
    else lines[lines.length - 1] += ` ${arg}`
  }
  return lines
}

const blockdevs = (lines: string[]) =>
  lines.filter(line => line.startsWith('-blockdev ')).map(line => JSON.parse(line.slice(10)))
