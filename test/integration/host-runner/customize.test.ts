import { afterAll, beforeAll, expect, test } from 'vitest'
import { installTinyMachine, tinyGuest } from '../../harness/tiny-guest.ts'
import { TestHost } from '../../harness/tiny-guest-runner.ts'

let host: TestHost

beforeAll(async () => {
  host = await TestHost.make()
  const guest = await tinyGuest()
  const machine = (name: string, customize: string) =>
    installTinyMachine(host.settings, guest, { name, customize })
  await machine('personal', 'echo for-alice > /etc/personal')
  await machine('failing', 'echo something is wrong >&2; exit 3')
  host.startRunner()
})
afterAll(() => host.end())

test('the machine’s script has run in the disk before it boots, and its progress was told', async () => {
  const id = await host.createSession('personal')
  const told = host.notices(id)
  await host.until(id, 'ready')
  expect(await host.tell(id, 'cat etc/personal')).toBe('for-alice')
  expect((await told).map(({ percent }) => percent)).toEqual([5, 75, 80, 95])
  await host.stopSession(id)
  await host.until(id, 'ended')
  expect(await host.leftOf(id)).toEqual([])
})

test('a script that fails fails the session, and nothing is left', async () => {
  const id = await host.createSession('failing')
  const { state } = await host.until(id, 'failed')
  expect(state).toMatchObject({ outcome: { code: 'customize-failed' } })
  expect(JSON.stringify(state)).not.toContain('something is wrong')
  expect(await host.leftOf(id)).toEqual([])
})

test('a stop during the customization does not wait for it', async () => {
  const id = await host.createSession('personal')
  await host.noticed(id)
  expect(await host.programsOf(id)).not.toEqual([])
  const stopped = Date.now()
  await host.stopSession(id)
  await host.until(id, 'ended')
  expect(Date.now() - stopped).toBeLessThan(5000)
  expect(await host.leftOf(id)).toEqual([])
  expect(await host.programsOf(id)).toEqual([])
})
