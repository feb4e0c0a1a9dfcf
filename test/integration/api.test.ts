import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sessionStore } from '../../config/bus/session-store.ts'
import type { SessionView } from '../../config/contract/api.ts'
import { hear } from '../harness/heard.ts'
import { announceHost } from '../harness/host.ts'
import { type Services, startServices } from '../harness/services.ts'

let services: Services
let alice: string
beforeAll(async () => {
  services = await startServices({ DARTS_SESSIONS_PER_USER: '2' })
  alice = await services.userToken('alice')
})
afterAll(() => services.stop())
beforeEach(() => announceHost(services.bus, 'testhost', { sessionsMax: 100, memory: 1_000_000 }))

const create = (body: unknown, headers = {}, token = services.token) =>
  services.api('/api/sessions', { method: 'POST', body: JSON.stringify(body), headers, token })

/** Ends a session as its host would, so that it counts no more. */
async function end(id: string) {
  const store = sessionStore(services.bus, 'test')
  await expect.poll(async () => (await store.get(id))?.state.state).toMatch(/placed|failed/)
  await store.change(id, { order: 'end', reason: 'stopped' })
  await store.change(id, { order: 'cleaned' })
}

test('a session that was acknowledged can be read at once, also before anybody has handled it', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const { id } = (await (await create({ machine: 'plain' })).json()) as SessionView
      const read = await services.api(`/api/sessions/${id}`)
      return { id, status: read.status, state: ((await read.json()) as SessionView).state }
    }),
  )
  for (const { id, status, state } of answers) {
    expect(status).toBe(200)
    expect(['requested', 'placed', 'failed']).toContain(state)
    await end(id)
  }
})

test('create answers 202 with every choice made and where it will end', async () => {
  const answer = await create({ machine: 'plain', cpus: 1, memory: 1024, lifetime: '90m' })
  expect(answer.status).toBe(202)
  const session = (await answer.json()) as SessionView & { createdAt: string; expiresAt: string }
  expect(session).toMatchObject({
    owner: 'admin',
    state: 'requested',
    machine: 'plain',
    cpus: 1,
    memory: 1024,
    lifetime: 5400,
  })
  expect(Date.parse(session.expiresAt) - Date.parse(session.createdAt)).toBe(5_400_000)
  await end(session.id)
})

test('a repeated idempotency key is the same session, of this user alone', async () => {
  const headers = { 'idempotency-key': 'once-and-for-all' }
  const ask = async (token: string) =>
    (await (await create({ machine: 'plain' }, headers, token)).json()) as SessionView
  const [one, two] = await Promise.all([ask(services.token), ask(services.token)])
  expect(two.id).toBe(one.id)
  const other = await ask(alice)
  expect(other.id).not.toBe(one.id)
  await end(one.id)
  await end(other.id)
})

test('an idempotency key used for another request is refused', async () => {
  const headers = { 'idempotency-key': 'key-of-two' }
  const heard = hear(services.bus.nc, 'darts.evt.admin.*.*')
  const { id } = (await (await create({ machine: 'plain', cpus: 1 }, headers)).json()) as SessionView
  await heard.until('placed')
  const again = await create({ machine: 'plain', cpus: 2 }, headers)
  expect(again.status).toBe(422)
  expect(await again.json()).toMatchObject({ code: 'idempotency-key-reused' })
  await end(id)
})

test.each([
  [{ machine: 'no-such-machine' }, 422, 'machine-unknown'],
  [{ machine: '../../etc/passwd' }, 400, 'bad-request'],
  [{ machine: 'plain', cpus: 3 }, 422, 'flavor-not-offered'],
  [{ machine: 'plain', memory: '4' }, 400, 'bad-request'],
  [{ machine: 'plain', memory: 1e9 }, 400, 'bad-request'],
  [{ machine: 'plain', cpus: -1 }, 400, 'bad-request'],
  [{ machine: 'plain', lifetime: '100d' }, 422, 'flavor-not-offered'],
  [{ machine: 'plain', lifetime: 'for ever' }, 400, 'bad-request'],
  [{ machine: 'plain', image: '/etc/shadow' }, 400, 'bad-request'],
  ['text', 400, 'bad-request'],
])('a request %j gets one clear error', async (body, status, code) => {
  const answer = await create(body)
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ code, text: expect.stringMatching(/\.$/) })
})

test('a body above 64 KiB is refused with 413, one 10,000 deep with 400', async () => {
  const large = await create({ machine: 'x'.repeat(100_000) })
  expect(large.status).toBe(413)
  const deep = await services.api('/api/sessions', {
    method: 'POST',
    body: '['.repeat(10_000) + ']'.repeat(10_000),
  })
  expect(deep.status).toBe(400)
})

test('nobody gets in without a login, and a false caller header is not believed', async () => {
  for (const route of ['/api/me', '/api/sessions', '/api/functions', '/api/services', '/api/events']) {
    const answer = await fetch(services.url + route, {
      headers: { 'darts-principal': 'admin', 'darts-role': 'admin' },
    })
    expect([route, answer.status]).toEqual([route, 401])
    expect(await answer.json()).toMatchObject({ code: 'not-logged-in' })
  }
})

test("another user's session does not exist for me; an administrator sees it", async () => {
  const { id } = (await (await create({ machine: 'plain' }, {}, alice)).json()) as SessionView
  const bob = await services.userToken('bob')
  for (const [route, method] of [
    ['', 'GET'],
    ['', 'DELETE'],
    ['/events', 'GET'],
    ['/tickets', 'POST'],
  ] as const)
    expect((await services.api(`/api/sessions/${id}${route}`, { method, token: bob })).status).toBe(404)
  expect((await services.api(`/api/sessions/${id}`)).status).toBe(200)
  expect(await (await services.api('/api/sessions', { token: bob })).json()).toEqual([])
  await end(id)
})

test('a user who has all allowed sessions gets a failed one with a sentence, and room again after one has ended', async () => {
  const ask = async () => (await (await create({ machine: 'plain' }, {}, carol)).json()) as SessionView
  const carol = await services.userToken('carol')
  const heard = hear(services.bus.nc, 'darts.evt.carol.*.*')
  const first = await ask()
  await ask()
  await ask()
  expect((await heard.until('failed')).data).toMatchObject({ code: 'too-many-sessions' })
  await end(first.id)
  const fourth = await ask()
  await expect
    .poll(() => heard.all.map(({ subject }) => subject))
    .toContain(`darts.evt.carol.${fourth.id}.placed`)
})

test('the token of the printed address becomes a cookie and leaves the address', async () => {
  const answer = await fetch(`${services.url}/?token=${services.token}`, { redirect: 'manual' })
  expect(answer.status).toBe(302)
  expect(answer.headers.get('location')).not.toContain('token')
  const cookie = answer.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/HttpOnly/)
  expect(cookie).toMatch(/SameSite=Lax/)
  expect(cookie).not.toContain(services.token)
  const me = await fetch(`${services.url}/api/me`, { headers: { cookie: cookie.split(';')[0] ?? '' } })
  expect(await me.json()).toEqual({ principal: 'admin', role: 'admin' })
  const wrong = await fetch(`${services.url}/?token=${'x'.repeat(32)}`, { redirect: 'manual' })
  expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([302, null])
})

test('a cookie is worth nothing in a request that another site made', async () => {
  const login = await fetch(`${services.url}/api/login`, {
    method: 'POST',
    body: JSON.stringify({ token: services.token }),
    headers: { 'content-type': 'application/json' },
  })
  expect(login.status).toBe(204)
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const answer = await fetch(`${services.url}/api/sessions`, {
    method: 'POST',
    body: JSON.stringify({ machine: 'plain' }),
    headers: { cookie, 'content-type': 'application/json', origin: 'https://evil.example' },
  })
  expect(answer.status).toBe(403)
  expect(await answer.json()).toMatchObject({ code: 'origin-refused' })
})

test('after a log-out the cookie is worth nothing', async () => {
  const login = await fetch(`${services.url}/?token=${services.token}`, { redirect: 'manual' })
  const headers = { cookie: (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
  expect((await fetch(`${services.url}/api/me`, { headers })).status).toBe(200)
  expect((await fetch(`${services.url}/api/login`, { method: 'DELETE', headers })).status).toBe(204)
  await expect.poll(async () => (await fetch(`${services.url}/api/me`, { headers })).status).toBe(401)
})

test('events of a session are replayed from the first on, and go on where a reader left', async () => {
  const { id } = (await (await create({ machine: 'plain' })).json()) as SessionView
  await end(id)
  const text = await (await services.api(`/api/sessions/${id}/events`)).text()
  const types = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data).type)
  expect(types.at(0)).toBe('darts.session.requested.v1')
  expect(types.at(-1)).toBe('darts.session.ended.v1')
  const ids = [...text.matchAll(/^id: (.*)$/gm)].map(([, seq = '']) => seq)
  const rest = await services.api(`/api/sessions/${id}/events`, {
    headers: { 'last-event-id': ids.at(-2) ?? '' },
  })
  expect([...(await rest.text()).matchAll(/^data: /gm)]).toHaveLength(1)
})

test('the interface is described in OpenAPI, every route of it', async () => {
  const document = (await (await services.api('/api/openapi.json')).json()) as {
    openapi: string
    paths: object
  }
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths)).toContain('/api/sessions/{id}/tickets')
})

test('machines are listed with their choices and whether they can be started now', async () => {
  const machines = (await (await services.api('/api/machines')).json()) as { name: string; status: object }[]
  expect(machines.find(({ name }) => name === 'plain')).toMatchObject({ status: { state: 'ready' } })
})

test('services, and the events of everybody, are for administrators; a user is told so', async () => {
  for (const route of ['/api/services', '/api/events?all']) {
    const refused = await services.api(route, { token: alice })
    expect([route, refused.status]).toEqual([route, 403])
    expect(await refused.json()).toMatchObject({
      code: 'not-allowed',
      text: expect.stringContaining('administrator'),
    })
  }
  const view = { name: 'gateway', state: 'running', restarts: 2 }
  await (await services.bus.bucket('services')).put('gateway', JSON.stringify(view))
  expect(await (await services.api('/api/services')).json()).toEqual([view])
})

test('an administrator hears how each function is, its changes, and the sessions of everybody', async () => {
  const stop = new AbortController()
  const answer = await services.api('/api/events?all', { signal: stop.signal })
  const types = new Set<string>()
  const created = create({ machine: 'plain' }, {}, alice)
  for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    for (const [, type = ''] of new TextDecoder().decode(part).matchAll(/"type":"([^"]+)"/g)) types.add(type)
    if (types.has('darts.session.placed.v1') && types.has('darts.function.changed.v1')) break
  }
  stop.abort()
  await end(((await (await created).json()) as SessionView).id)
})
