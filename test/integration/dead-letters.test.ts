import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { nanos } from '@nats-io/transport-node'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { consume } from '../../config/bus/consume.ts'
import { listLetters } from '../../config/bus/dead-letters.ts'
import { publish } from '../../config/bus/publish.ts'
import type { DeadLetterView } from '../../config/contract/dead-letter.ts'
import { envelope } from '../../config/contract/envelope.ts'
import { subjects } from '../../config/contract/subjects.ts'
import { DartsError } from '../../config/errors.ts'
import { folders } from '../../config/folders.ts'
import { makeLog } from '../../config/log.ts'
import { hear } from '../harness/heard.ts'
import { announceHost } from '../harness/host.ts'
import { functionsRunning, type Services, startServices } from '../harness/services.ts'

const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))

let services: Services
beforeAll(async () => {
  services = await startServices({}, settings =>
    cpSync(path('test/fixtures/site/functions/mortal'), `${folders(settings).siteFunctions}/mortal`, {
      recursive: true,
    }),
  )
  await functionsRunning(services.bus, ['mortal'])
  await announceHost(services.bus, 'testhost', { sessionsMax: 100, memory: 1_000_000 })
})
afterAll(() => services.stop())
beforeEach(() => services.bus.jsm.streams.purge('DEAD'))

const unreadable = (error: DartsError) => expect.unreachable(error.message)
const letters = () => listLetters(services.bus, unreadable)

/** One letter of a command that is no message, and its number. */
async function letterOf(session: string): Promise<number> {
  const subject = subjects.command('ada', session, 'create')
  services.bus.nc.publish(subject, 'no message')
  const found = () => letters().then(all => all.find(letter => letter.subject === subject))
  await expect.poll(found).toBeDefined()
  return (await found())?.seq ?? 0
}

const darts = (...args: string[]) =>
  execa(process.execPath, ['--disable-warning=ExperimentalWarning', path('bin/darts.ts'), ...args], {
    env: { DARTS_STATE: services.settings.state, DARTS_RUN: services.settings.run },
    reject: false,
  })

test('an administrator reads over HTTP why a message was not handled, and removes it', async () => {
  const seq = await letterOf('deadletter01')
  const list = (await (await services.api('/api/dead-letters')).json()) as DeadLetterView[]
  expect(list).toMatchObject([
    { seq, code: 'bad-request', subject: 'darts.cmd.ada.deadletter01.create', original: 'no message' },
  ])
  const drop = () => services.api(`/api/dead-letters/${seq}`, { method: 'DELETE' })
  expect((await drop()).status).toBe(204)
  expect(await letters()).toEqual([])
  expect((await drop()).status).toBe(404)
})

test('nobody else reads, repeats or removes one', async () => {
  const seq = await letterOf('deadletter02')
  const token = await services.userToken('ada')
  for (const [route, method] of [
    ['', 'GET'],
    [`/${seq}`, 'DELETE'],
    [`/${seq}/retry`, 'POST'],
  ] as const) {
    const answer = await services.api(`/api/dead-letters${route}`, { method, token })
    expect([route, answer.status]).toEqual([route, 403])
    expect((await fetch(`${services.url}/api/dead-letters${route}`, { method })).status).toBe(401)
  }
  expect(await letters()).toHaveLength(1)
})

test('administrators are told of each letter by an event, which shows in the log of events beside what is none', async () => {
  const heard = hear(services.bus.nc, subjects.buried('deadletter03'))
  services.bus.nc.publish('darts.evt._site.deadletter03.told', 'no event')
  await letterOf('deadletter03')
  expect(await heard.until('buried')).toMatchObject({
    type: 'darts.system.buried.v1',
    data: { code: 'bad-request', subject: 'darts.cmd.ada.deadletter03.create' },
  })
  const { stdout } = await darts('events', '--session', 'deadletter03')
  expect(stdout).toMatch(/^darts\.evt\._site\.deadletter03\.told {2}not a CloudEvents/m)
  expect(stdout).toMatch(/_system {2}deadletter03 .*buried.*code=bad-request/)
})

test('a create that nobody could handle ends as failed: who asked for it never reads that it is not there', async () => {
  await letterOf('deadletter09')
  const read = async () => (await services.api('/api/sessions/deadletter09')).json()
  await expect.poll(read).toMatchObject({ owner: 'ada', state: 'failed', code: 'bad-request' })
})

test('a retry sends the original again, although the server has just seen it, and then removes the letter', async () => {
  const handled: number[] = []
  const stop = await consume(services.bus, {
    stream: 'STEPS',
    name: 'host-other',
    filter: subjects.stepsOf('other'),
    concurrency: 1,
    log: makeLog('test', 'silent'),
    async handle(message) {
      handled.push(message.seq)
      if (handled.length === 1) throw new DartsError('not-allowed', 'not yet')
    },
  })
  onTestFinished(stop)
  const step = envelope('darts.step.boot.v1', 'test', {}, { id: 'deadletter04.1.boot' })
  await publish(services.bus, subjects.step('other', 'deadletter04', 'boot'), step)
  await expect.poll(letters).toMatchObject([{ reason: 'not yet', consumer: 'host-other' }])
  const [letter] = await letters()
  const answer = await services.api(`/api/dead-letters/${letter?.seq}/retry`, { method: 'POST' })
  expect(answer.status).toBe(204)
  await expect.poll(() => handled.length).toBe(2)
  expect(await letters()).toEqual([])
})

test('a retry whose message is not stored leaves the letter where it is', async () => {
  const nowhere = { code: 'internal', reason: 'x', subject: 'darts.run.other.deadletter05', original: 'x' }
  const letter = envelope('darts.dead.letter.v1', 'STEPS', nowhere)
  await publish(services.bus, subjects.dead('STEPS', 'deadletter05'), letter)
  const [{ seq } = { seq: 0 }] = await letters()
  const retry = await darts('dead-letters', 'retry', String(seq))
  expect(retry).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('(bus-unavailable)') })
  expect(await letters()).toHaveLength(1)
})

test('a message that is too large goes to the dead letters by its beginning, and cannot be sent again', async () => {
  const subject = subjects.command('ada', 'deadletter06', 'create')
  services.bus.nc.publish(subject, JSON.stringify({ machine: 'x'.repeat(100_000) }))
  await expect.poll(letters).toMatchObject([{ code: 'too-large', whole: false }])
  const [letter] = await letters()
  expect(letter?.original).toHaveLength(1000)
  const retry = await services.api(`/api/dead-letters/${letter?.seq}/retry`, { method: 'POST' })
  expect(retry.status).toBe(413)
  expect(await letters()).toHaveLength(1)
})

test('the command line lists, shows, repeats and removes letters, and says what is wrong', async () => {
  const [one, two] = [await letterOf('deadletter07'), await letterOf('deadletter08')]
  const list = await darts('dead-letters', 'list', '--json')
  expect(JSON.parse(list.stdout).map(({ seq }: DeadLetterView) => seq)).toEqual([one, two])
  expect((await darts('dead-letters')).stdout).toContain('darts.cmd.ada.deadletter08.create')
  expect((await darts('dead-letters', 'show', `${one}`)).stdout).toMatch(/^original +no message$/m)
  expect(await darts('dead-letters', 'drop', `${one}`)).toMatchObject({ exitCode: 0 })
  expect((await darts('dead-letters', 'retry', `${two}`)).stdout).toContain('sent again')
  // It is as wrong as before, so it comes back as another letter.
  await expect.poll(letters).toMatchObject([{ subject: 'darts.cmd.ada.deadletter08.create' }])
  expect((await letters())[0]?.seq).toBeGreaterThan(two)
  for (const [words, code] of [
    [['show', `${one}`], 'not-found'],
    [['drop', 'all'], 'bad-request'],
  ] as const)
    expect(await darts('dead-letters', ...words)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`(${code})`),
    })
})

test('an event that ends its function each time becomes a letter in the end, and the others flow on', async () => {
  const call = (session: string, data: object) =>
    publish(
      services.bus,
      subjects.fact('_site', session, 'called'),
      envelope('darts.site.called.v1', 'test', { ...data }, { subject: session }),
    )
  const answered = hear(services.bus.nc, 'darts.evt._site.*.answered')
  const placed = hear(services.bus.nc, 'darts.evt.admin.*.placed')
  await call('poison', { how: 'die' })
  for (let i = 0; i < 10; i++) await call(`fine${i}`, {})
  await services.api('/api/sessions', { method: 'POST', body: '{"machine":"plain"}' })
  await placed.until('placed')
  // Each start of the function sets its own, longer wait again.
  const waitLess = () =>
    services.bus.jsm.consumers.update('EVENTS', 'mortal-called', { ack_wait: nanos(1000) })
  const buried = async () => {
    await waitLess()
    return letters()
  }
  await expect
    .poll(buried, { timeout: 60_000, interval: 300 })
    .toMatchObject([
      { code: 'given-up', subject: 'darts.evt._site.poison.called', consumer: 'mortal-called' },
    ])
  await expect
    .poll(() => new Set(answered.all.map(({ subject }) => subject)).size, { timeout: 20_000 })
    .toBe(10)
})
