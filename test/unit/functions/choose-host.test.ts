import * as v from 'valibot'
import { expect, test } from 'vitest'
import { HostView } from '../../../config/host-view.ts'
import type { SessionRecord } from '../../../config/session/record.ts'
import { chooseHost } from '../../../functions/placement/choose-host.ts'

const request = { machine: 'plain', cpus: 1, memory: 1024, lifetime: 60, createdAt: '', expiresAt: '' }
const NOW = Date.parse('2026-01-01T00:01:00.000Z')
const seen = (seconds: number) => ({ seenAt: new Date(NOW - seconds * 1000).toISOString() })
const host = (name: string, more: Partial<HostView> = {}): HostView => ({
  host: name,
  ...seen(1),
  cpus: 4,
  memory: 4096,
  templates: [],
  sessionsMax: 10,
  machines: { plain: { state: 'ready' } },
  ...more,
})
const session = (owner: string, on: string, memory = 1024) =>
  ({ owner, state: { state: 'ready', host: on, request: { ...request, memory } } }) as SessionRecord
const warm = {
  templates: [{ name: '', machine: 'plain', cpus: 1, memory: 1024, state: 'ready' as const, pool: 0 }],
}
const choose = (sessions: SessionRecord[], hosts: HostView[]) =>
  chooseHost('ada', request, sessions, hosts, { sessionsPerUser: 2 }, NOW)

test('the host with the most free memory is chosen', () => {
  expect(choose([session('bob', 'a')], [host('a'), host('b')])).toEqual({ host: 'b', start: 'cold' })
})

test('a user has at most as many sessions as allowed; those of others do not count', () => {
  expect(choose([session('ada', 'a'), session('ada', 'a')], [host('a')])).toEqual({
    refuse: 'too-many-sessions',
  })
  expect(choose([session('bob', 'a'), session('bob', 'a')], [host('a')])).toEqual({
    host: 'a',
    start: 'cold',
  })
})

test('a host without memory or places is full', () => {
  expect(choose([session('bob', 'a', 3584)], [host('a')])).toEqual({ refuse: 'service-full' })
  expect(choose([session('bob', 'a')], [host('a', { sessionsMax: 1 })])).toEqual({ refuse: 'service-full' })
})

test('a machine that no host has ready is refused with what is known of it', () => {
  expect(choose([], [])).toEqual({ refuse: 'no-host' })
  expect(choose([], [host('a', { machines: { plain: { state: 'preparing' } } })])).toEqual({
    refuse: 'machine-preparing',
  })
  expect(choose([], [host('a', { machines: { plain: { state: 'missing' } } })])).toEqual({
    refuse: 'machine-missing',
  })
})

test('a host that keeps the flavor booted goes before one with more room', () => {
  expect(choose([], [host('a', { memory: 8192 }), host('b', warm)])).toEqual({ host: 'b', start: 'warm' })
})

test('nothing is placed on a host that was not heard of for 30 seconds', () => {
  expect(choose([], [host('a', seen(31))])).toEqual({ refuse: 'no-host' })
  expect(choose([], [host('a', { ...warm, ...seen(31) }), host('b')])).toEqual({ host: 'b', start: 'cold' })
  expect(choose([], [host('a', seen(29))])).toEqual({ host: 'a', start: 'cold' })
})

test('a host that tells no time, as older runners do, was not heard of', () => {
  const { seenAt: _, ...old } = host('a')
  expect(choose([], [v.parse(HostView, old)])).toEqual({ refuse: 'no-host' })
})
