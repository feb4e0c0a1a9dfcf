import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'
import { type WarmClick, type WarmSite, warmSite } from '../bench/warm/site.ts'
import { agentOf } from '../harness/agent-of.ts'
import { IMAGES } from '../harness/cache.ts'
import { inGuest, startInGuest } from '../harness/guest-shell.ts'
import { freshSettings } from '../harness/settings.ts'

/* Ten copies of the starter machine at once: nothing by which one could be taken for another. */
const COUNT = 10
const STARTER = fileURLToPath(new URL('../../config/machines/starter', import.meta.url))
const LOOK = `
echo "machine-id $(cat /etc/machine-id)"
echo "dbus $(cat /var/lib/dbus/machine-id)"
echo "host-key $(cut -d' ' -f2 /etc/ssh/ssh_host_ed25519_key.pub)"
echo "random $(od -An -tx1 -N32 /dev/urandom | tr -d ' \\n')"
echo "uuid $(cat /proc/sys/kernel/random/uuid)"
echo "hostname $(cat /proc/sys/kernel/hostname)"
echo "mac $(cat /sys/class/net/eth0/address)"
echo "seed $(sha256sum < /var/lib/systemd/random-seed)"
`
let site: WarmSite
let clones: WarmClick[]
let facts: Record<string, string>[]

const shell = (session: string, script: string) => inGuest(agentOf(site.darts.settings, session), script)
const look = async (session: string) =>
  Object.fromEntries(
    (await shell(session, LOOK)).split('\n').map(line => /^([a-z -]+?) (\S+)/.exec(line)?.slice(1) ?? []),
  )

beforeAll(async () => {
  const env = {
    DARTS_SESSIONS_PER_USER: String(COUNT),
    DARTS_SESSIONS_MAX: String(COUNT),
    DARTS_MEMORY_MAX: '65536',
  }
  const { settings } = await freshSettings({ DARTS_IMAGES: IMAGES })
  await personalise(settings)
  site = await warmSite(env, settings)
  clones = await Promise.all(Array.from({ length: COUNT }, site.open))
  facts = []
  for (const { session } of clones) facts.push(await look(session))
})
afterAll(() => site[Symbol.asyncDispose]())

/** The site's own starter machine, with a script that says in each session who it is. */
async function personalise(settings: Settings): Promise<void> {
  const folder = join(folders(settings).siteMachines, 'starter')
  await cp(STARTER, folder, { recursive: true })
  const file = join(folder, 'machine.json')
  const machine = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...machine, customize: 'personal.sh' }))
  await writeFile(
    join(folder, 'personal.sh'),
    '#!/bin/sh\nset -e\necho "$(id -un) $(hostname) $(id -un 1000)" >> /etc/personal\n',
  )
}

test('each shows a whole desktop in its first frame', () => {
  for (const { colours } of clones) expect(colours).toBeGreaterThan(300)
})

test.for(['machine-id', 'dbus', 'host-key', 'random', 'uuid', 'hostname', 'mac', 'seed'])(
  'no two share their %s',
  what => {
    const values = facts.map(all => all[what])
    expect(values.every(value => value !== undefined && value.length > 5)).toBe(true)
    expect(new Set(values).size).toBe(COUNT)
  },
)

test('their clocks are right within a second', async () => {
  for (const { session } of clones) {
    const before = Date.now()
    const seconds = Number(await shell(session, 'date +%s.%N'))
    expect(seconds * 1000).toBeGreaterThan(before - 1000)
    expect(seconds * 1000).toBeLessThan(Date.now() + 1000)
  }
})

test('the desktop’s user has the name of the session’s owner', async () => {
  const { session } = clones[0] as WarmClick
  expect(await shell(session, 'id -un 1000; getent passwd 1000')).toMatch(/^admin\nadmin:x:1000:1000:admin:/)
})

test('the machine’s script has run once in each, as root, when it was one of its own', async () => {
  for (const [i, { session }] of clones.entries())
    expect(await shell(session, 'cat /etc/personal')).toBe(`root ${facts[i]?.hostname} admin`)
})

test('a new host key is one that ssh takes', async () => {
  const { session } = clones[0] as WarmClick
  const derived = await shell(session, 'ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key; ls /etc/ssh/*_key')
  expect(derived).toContain(facts[0]?.['host-key'])
  expect(derived.match(/_key$/gm)).toHaveLength(1)
})

test('a copy that is restarted from inside comes back in its session with its identity', async () => {
  const [first, ...others] = clones as [WarmClick, ...WarmClick[]]
  const { session } = first
  for (const other of others) await site.stop(other)
  const bootId = () => shell(session, 'cat /proc/sys/kernel/random/boot_id')
  const before = await bootId()
  await startInGuest(agentOf(site.darts.settings, session), 'systemctl --no-block reboot')
  await expect.poll(() => bootId().catch(() => before), { timeout: 300_000, interval: 1000 }).not.toBe(before)
  const after = await look(session)
  for (const what of ['machine-id', 'dbus', 'host-key', 'hostname', 'mac'])
    expect(after[what]).toBe(facts[0]?.[what])
  expect(await shell(session, 'id -un 1000')).toBe('admin')
  await site.stop(first)
})
