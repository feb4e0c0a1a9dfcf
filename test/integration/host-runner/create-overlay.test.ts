import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FORMATS } from '../../../config/machine.ts'
import { installTinyMachine, tinyGuest } from '../../harness/tiny-guest.ts'
import { TestHost } from '../../harness/tiny-guest-runner.ts'

let host: TestHost
let bad: string

beforeAll(async () => {
  host = await TestHost.make()
  bad = await mkdtemp(join(tmpdir(), 'dt-bad-'))
  const guest = await tinyGuest()
  const machine = (name: string, disk: string, format: (typeof FORMATS)[number] = 'qcow2') =>
    installTinyMachine(host.settings, guest, { name, format, disk })
  for (const format of FORMATS)
    await installTinyMachine(host.settings, guest, { name: `as-${format}`, format, append: 'not-drawn' })

  const qcow2 = (name: string, ...args: string[]) =>
    execa('qemu-img', ['create', '-q', '-f', 'qcow2', ...args]).then(() => machine(name, join(bad, name)))
  await qcow2('passwd', '-u', '-b', '/etc/passwd', '-F', 'raw', join(bad, 'passwd'), '1M')
  await qcow2('remote', '-u', '-b', 'nbd:127.0.0.1:1', '-F', 'raw', join(bad, 'remote'), '1M')
  await qcow2('json', '-u', '-b', 'json:{"driver":"null-co"}', '-F', 'raw', join(bad, 'json'), '1M')
  await qcow2('huge', join(bad, 'huge'), '60T')
  await qcow2('apart', '-o', `data_file=${join(bad, 'data')}`, join(bad, 'apart'), '1M')
  await writeFile(join(bad, 'text'), 'This is no disk image.')
  await machine('text', join(bad, 'text'))
  await writeFile(join(bad, 'flat.vmdk'), FLAT)
  await machine('flat', join(bad, 'flat.vmdk'), 'vmdk')
  await writeFile(join(bad, 'empty'), '')
  await machine('empty', join(bad, 'empty'), 'iso')
  await installTinyMachine(host.settings, guest, { name: 'gone' })
  await unlink(join(host.settings.images, 'gone', 'disk.qcow2'))
  host.startRunner()
})
afterAll(async () => {
  await host.end()
  await rm(bad, { recursive: true })
})

/** A description whose data are in a file that it names. */
const FLAT = `# Disk DescriptorFile
version=1
CID=fffffffe
parentCID=ffffffff
createType="monolithicFlat"
RW 4 FLAT "/etc/passwd" 0
ddb.adapterType = "ide"
`

test.for(FORMATS)('a machine in format %s boots', async format => {
  const id = await host.createSession(`as-${format}`)
  await host.until(id, 'booted')
  await host.stopSession(id)
  await host.until(id, 'ended')
  expect(await host.leftOf(id)).toEqual([])
})

test.for(['passwd', 'remote', 'json', 'huge', 'apart', 'text', 'flat', 'empty'])(
  'an image that is not just the catalogue’s file is refused: %s',
  async machine => {
    const id = await host.createSession(machine)
    const { state } = await host.until(id, 'failed')
    expect(state).toMatchObject({ outcome: { code: 'image-unsafe' } })
    expect(await host.leftOf(id)).toEqual([])
  },
)

test('a missing image fails before anything starts', async () => {
  const id = await host.createSession('gone')
  const { state } = await host.until(id, 'failed')
  expect(state).toMatchObject({ outcome: { code: 'machine-missing' } })
  expect(await host.leftOf(id)).toEqual([])
})

test('a machine that is not in the catalogue of the host fails', async () => {
  const id = await host.createSession('nowhere')
  expect((await host.until(id, 'failed')).state).toMatchObject({ outcome: { code: 'machine-unknown' } })
})
