import { expect, test } from 'vitest'
import type { CatalogueEntry } from '../../../config/catalogue.ts'
import { completeRequest } from '../../../config/session/complete-request.ts'

const machine = {
  name: 'plain',
  flavor: { cpus: { choices: [1, 2], default: 2 }, memory: { choices: [1024, 4096], default: 1024 } },
} as CatalogueEntry
const catalogue = new Map([['plain', machine]])
const site = { lifetimes: ['2h', '1d'], lifetimeDefault: '2h' }
const now = new Date('2026-01-01T00:00:00Z')
const complete = (asked: object) => completeRequest({ machine: 'plain', ...asked }, catalogue, site, now)

test("what is not asked for is the machine's and the site's default", () => {
  expect(complete({})).toEqual({
    machine: 'plain',
    cpus: 2,
    memory: 1024,
    lifetime: 7200,
    createdAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-01T02:00:00.000Z',
  })
})

test('a life-time is seconds or text, up to the longest that the site offers', () => {
  expect(complete({ lifetime: 90 }).lifetime).toBe(90)
  expect(complete({ lifetime: '24h' }).lifetime).toBe(86_400)
  expect(() => complete({ lifetime: '2d' })).toThrow('at most 86400 seconds')
  expect(() => complete({ lifetime: 'soon' })).toThrow('write it as 90m, 12h or 2d')
})

test('what is not offered is refused with what is', () => {
  expect(() => complete({ cpus: 64 })).toThrow('choose one of 1, 2')
  expect(() => complete({ memory: 1 })).toThrow('choose one of 1024, 4096')
  expect(() => complete({ machine: 'other' })).toThrow('there are plain')
})
