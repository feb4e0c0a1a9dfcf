import { afterAll, beforeAll, expect, test } from 'vitest'
import { sessionStore } from '../../config/bus/session-store.ts'
import { newSessionId } from '../../config/contract/names.ts'
import { hear } from '../harness/heard.ts'
import { type Services, startServices } from '../harness/services.ts'

let services: Services
beforeAll(async () => {
  services = await startServices()
})
afterAll(() => services.stop())

/** A session that ends in so many milliseconds. */
async function sessionEndingIn(milliseconds: number): Promise<string> {
  const id = newSessionId()
  const now = Date.now()
  const request = {
    machine: 'plain',
    cpus: 1,
    memory: 1024,
    lifetime: 60,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + milliseconds).toISOString(),
  }
  const store = sessionStore(services.bus, 'test')
  await store.change(id, { order: 'create', request }, { owner: 'ada', correlationid: 'x' })
  await store.change(id, { order: 'place', host: 'testhost', start: 'cold' })
  return id
}

test('a session whose life-time is over is ended with that reason', async () => {
  const heard = hear(services.bus.nc, 'darts.evt.ada.*.*')
  const id = await sessionEndingIn(500)
  expect((await heard.until(`${id}.ending`)).data).toMatchObject({ outcome: { reason: 'expired' } })
})

test('its user is warned 10 and 2 minutes before', async () => {
  const heard = hear(services.bus.nc, 'darts.evt.ada.*.*')
  const soon = await sessionEndingIn(2 * 60_000 + 300)
  expect((await heard.until(`${soon}.warned`)).data).toMatchObject({ minutes: 2 })
  const later = await sessionEndingIn(10 * 60_000 + 300)
  expect((await heard.until(`${later}.warned`)).data).toMatchObject({ minutes: 10 })
})
