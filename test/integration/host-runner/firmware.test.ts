import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { displaySocket, folders } from '../../../config/folders.ts'
import { Rfb } from '../../harness/rfb.ts'
import { installTinyMachine, tinyGuest } from '../../harness/tiny-guest.ts'
import { TestHost } from '../../harness/tiny-guest-runner.ts'

let host: TestHost
beforeAll(async () => {
  host = await TestHost.make()
  const guest = await tinyGuest()
  for (const firmware of ['bios', 'uefi'] as const)
    await installTinyMachine(host.settings, guest, { name: firmware, boot: { firmware }, ready: [] })
  host.startRunner()
})
afterAll(() => host.end())

test.each(['bios', 'uefi'])(
  'a machine that starts by %s, without probes, is ready at once and draws the screen of its firmware',
  async machine => {
    const id = await host.createSession(machine)
    await host.until(id, 'ready')
    const rfb = await Rfb.open(connect(displaySocket(folders(host.settings), id)))
    do await rfb.update(false)
    while (!rfb.frame.some(byte => byte > 128))
    rfb.close()
    await host.stopSession(id)
    await host.until(id, 'ended')
    expect(await host.leftOf(id)).toEqual([])
  },
)
