import { expect, test } from 'vitest'
import { orderAfterDeath } from '../../../host-runner/cause-of-death.ts'
import { progressOf } from '../../../host-runner/handlers/customize-progress.ts'
import { checkInfo } from '../../../host-runner/inspect-image.ts'
import { lineSplitter } from '../../../host-runner/lines.ts'
import { backportsParagraph, ownSource } from '../../../host-runner/prepare/debian-sources.ts'
import { isNewEnough, missingOf } from '../../../host-runner/prepare/install-packages.ts'
import { newestOf } from '../../../host-runner/prepare/probe-kvm.ts'
import { parseQmp } from '../../../host-runner/qmp-messages.ts'
import { checkSocketPath } from '../../../host-runner/unix-socket.ts'

test('QMP: greeting, event, answer and refusal are told apart', () => {
  expect(parseQmp('{"QMP": {"version": {}}}')).toEqual({ kind: 'greeting' })
  expect(parseQmp('{"event": "SHUTDOWN", "data": {"guest": true}, "timestamp": {}}')).toEqual({
    kind: 'event',
    event: 'SHUTDOWN',
    data: { guest: true },
  })
  expect(parseQmp('{"return": {}, "id": 3}')).toEqual({ kind: 'return', id: 3, value: {} })
  expect(parseQmp('{"error": {"class": "GenericError", "desc": "no"}, "id": 4}')).toEqual({
    kind: 'error',
    id: 4,
    text: 'GenericError: no',
  })
  expect(() => parseQmp('{"hello": 1}')).toThrow('not a QMP message')
})

test('lines are put together from pieces, and an endless one is cut', () => {
  const lines: string[] = []
  const split = lineSplitter(line => lines.push(line), 10)
  for (const piece of ['one\ntw', 'o\r\n', '\n', 'x'.repeat(11), '\nend']) split(Buffer.from(piece))
  expect(lines).toEqual(['one', 'two', 'x'.repeat(11)])
})

test('what QEMU logged says whether the guest powered off while nobody listened', () => {
  expect(orderAfterDeath('qemu_system_shutdown_request reason=6\n', false)).toMatchObject({ order: 'end' })
  expect(orderAfterDeath('qemu_system_shutdown_request reason=4\n', false)).toMatchObject({
    code: 'qemu-died',
  })
  expect(orderAfterDeath('', false)).toMatchObject({ code: 'qemu-died' })
})

test('a QEMU that was killed over its memory is told apart from one that died', () => {
  expect(orderAfterDeath('', true)).toEqual({ order: 'fail', code: 'out-of-memory' })
})

test('the steps of virt-customize are progress, the lines of the script are not', () => {
  expect(progressOf('[   0.0] Examining the guest ...', '/s')).toEqual({
    percent: 5,
    text: 'Opening the disk',
  })
  expect(progressOf('Examining the guest', '/s')).toBeUndefined()
})

test.for([
  [{ 'backing-filename': '/etc/passwd' }, 'has a backing file'],
  [{ encrypted: true }, 'is encrypted'],
  [{ 'virtual-size': 0 }, 'is empty'],
  [{ 'virtual-size': 60 * 2 ** 40 }, 'claims'],
  [{ 'format-specific': { data: { 'data-file': 'x' } } }, 'keeps its data in another file'],
  [{ 'format-specific': { data: { extents: [{ filename: '/etc/passwd' }] } } }, 'has extents in other files'],
] as const)('an image is refused: %j', ([info, why]) => {
  expect(() => checkInfo('/i/d', { 'virtual-size': 4096, ...info })).toThrow(why)
})

test('an image that is one file of its format is taken', () => {
  expect(checkInfo('/i/d', { 'virtual-size': 4096, format: 'qcow2', 'format-specific': { data: {} } })).toBe(
    4096,
  )
})

test('a socket path that the kernel would cut is refused by name', () => {
  expect(() => checkSocketPath(`/${'x'.repeat(107)}`)).toThrow('107 bytes')
  expect(checkSocketPath(`/${'x'.repeat(106)}`)).toHaveLength(107)
})

test('backports come from where the host has its Debian from', () => {
  const own = 'Types: deb\nURIs: http://mirror/debian\nSuites: bookworm bookworm-updates\nSigned-By: /k.gpg\n'
  const security = 'Types: deb\nURIs: http://mirror/security\nSuites: bookworm-security\n\n# a comment\n'
  expect(ownSource(['', `${security}\n${own}`], 'bookworm')).toEqual({
    uris: 'http://mirror/debian',
    signedBy: '/k.gpg',
  })
  expect(ownSource(['deb [signed-by=/k.gpg] http://m/debian bookworm main\n'], 'bookworm')).toEqual({
    uris: 'http://m/debian',
    signedBy: '/k.gpg',
  })
  expect(ownSource([own], 'bookworm-backports')).toBeUndefined()
  expect(backportsParagraph({ uris: 'http://m', signedBy: '/k' }, 'bookworm')).toBe(
    'Types: deb\nURIs: http://m\nSuites: bookworm-backports\nComponents: main\nSigned-By: /k\n',
  )
})

test('QEMU before 8.2 counts as missing', () => {
  const list = 'qemu-utils installed 1:7.2+dfsg-7\nkmod installed 30\novmf not-installed \n'
  expect(missingOf(list, ['qemu-utils', 'kmod', 'ovmf', 'supermin'])).toEqual([
    'qemu-utils',
    'ovmf',
    'supermin',
  ])
  expect(isNewEnough('1:10.0.2+ds-2+deb13u1~bpo12+1')).toBe(true)
  expect(isNewEnough('1:8.1.2')).toBe(false)
})

test('the newest versioned machine is found, by number and not by letter', () => {
  expect(newestOf('pc-q35-9.2   Standard PC\npc-q35-10.0  Standard PC\nq35  alias\n')).toBe('pc-q35-10.0')
})
