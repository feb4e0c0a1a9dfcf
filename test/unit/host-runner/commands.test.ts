import { expect, test } from 'vitest'
import { aptInstall, aptProgress } from '../../../host-runner/commands/apt.ts'
import { contained } from '../../../host-runner/commands/contained.ts'
import { BOOT_DISK } from '../../../host-runner/commands/kvm-probe.ts'
import { prlimit } from '../../../host-runner/commands/prlimit.ts'
import { createBlank, createOverlay, imageInfo } from '../../../host-runner/commands/qemu-img.ts'
import { setpriv } from '../../../host-runner/commands/setpriv.ts'
import { guestfsEnvironment, virtCustomize } from '../../../host-runner/commands/virt-customize.ts'

const line = (args: string[]) => args.join(' ')

test('an overlay names the format of what is below it', () => {
  expect(line(createOverlay('/s/o', '/i/d.vhd', 'vhd', 4096))).toBe(
    'qemu-img create -q -f qcow2 -u -b /i/d.vhd -F vpc /s/o 4096',
  )
  expect(line(createBlank('/s/o', 30 * 2 ** 30))).toBe('qemu-img create -q -f qcow2 /s/o 32212254720')
})

test('an image is looked into with its format forced, by a process with limits', () => {
  expect(line(prlimit({ cpu: 10, memory: 2 ** 30 }, imageInfo('/i/d', 'raw')))).toBe(
    'prlimit --cpu=10 --as=1073741824 --core=0 -- qemu-img info --output=json --force-share -f raw /i/d',
  )
})

test('a program of another user has no capability, gains none, and ends with the runner', () => {
  expect(line(setpriv({ uid: 5, gid: 6 }, ['true', '--x']))).toBe(
    'setpriv --reuid=5 --regid=6 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs --pdeathsig=KILL -- true --x',
  )
  expect(line(setpriv({ uid: 5, gid: 6, groups: [7] }, ['qemu'], { dieWith: false }))).toBe(
    'setpriv --reuid=5 --regid=6 --groups=7 --inh-caps=-all --bounding-set=-all --no-new-privs -- qemu',
  )
})

test('a recipe runs as root, but leaves no process and no mount behind', () => {
  expect(line(contained(['/m/build.sh', '/out']))).toBe(
    'setpriv --pdeathsig=KILL -- unshare --mount --pid --fork --kill-child=KILL --mount-proc -- /m/build.sh /out',
  )
})

test('a customization has no network, a forced format, and TCG where KVM does not work', () => {
  expect(line(virtCustomize('/s/o', '/s/script'))).toBe(
    'virt-customize --no-network --format qcow2 --add /s/o --run /s/script',
  )
  expect(guestfsEnvironment('/a', '/t', 'tcg')).toMatchObject({ LIBGUESTFS_BACKEND_SETTINGS: 'force_tcg' })
  expect(guestfsEnvironment('/a', '/t', 'kvm')).not.toHaveProperty('LIBGUESTFS_BACKEND_SETTINGS')
})

test('packages are installed alone, of the release that is named', () => {
  expect(line(aptInstall(['qemu-utils'], 'bookworm-backports'))).toBe(
    'apt-get -o DPkg::Lock::Timeout=300 -o APT::Status-Fd=1 -q -y install --no-install-recommends -t bookworm-backports qemu-utils',
  )
})

test('downloading is the first half of an installation, unpacking the second', () => {
  expect(aptProgress('dlstatus:1:50.0:Retrieving file 1 of 2')).toEqual({
    percent: 25,
    text: 'Retrieving file 1 of 2',
  })
  expect(aptProgress('pmstatus:qemu-utils:50.0:Unpacking qemu-utils')?.percent).toBe(75)
  expect(aptProgress('Reading package lists...')).toBeUndefined()
})

test('the probe is a boot disk', () => {
  expect(BOOT_DISK.subarray(510, 512)).toEqual(Buffer.from([0x55, 0xaa]))
})
