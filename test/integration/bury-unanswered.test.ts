import { AckPolicy } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { connectAs } from '../../config/bus/address.ts'
import { listLetters } from '../../config/bus/dead-letters.ts'
import { sessionStore } from '../../config/bus/session-store.ts'
import { subjects } from '../../config/contract/subjects.ts'
import { makeLog } from '../../config/log.ts'
import { buryUnanswered } from '../../functions/dead-letters/bury-unanswered.ts'
import { startNats, type TestNats } from '../harness/nats.ts'
import { freshSettings } from '../harness/settings.ts'

/* Who takes these messages dies of some, as a host-runner would: the server hears nothing of it. */
const fresh = await freshSettings()
let nats: TestNats
beforeAll(async () => {
  nats = await startNats(fresh.settings)
})
afterAll(async () => {
  await nats.stop()
  await fresh.remove()
})
beforeEach(async () => {
  await nats.bus.jsm.streams.purge('STEPS')
  await nats.bus.jsm.streams.purge('DEAD')
})

const step = (host: string, session: string) => subjects.step(host, session, 'boot')
const waiting = async () => (await nats.bus.jsm.streams.info('STEPS')).state.messages
const letters = async () =>
  (await listLetters(nats.bus, error => expect.unreachable(error.message))).map(({ code, subject }) => ({
    code,
    subject,
  }))

/** What the runtime runs, as the same NATS user. */
async function startBurying() {
  const bus = await connectAs(fresh.settings, 'fn-dead-letters')
  const stop = new AbortController()
  const log = makeLog('test', 'silent')
  const { settings } = fresh
  const store = sessionStore(bus, 'test')
  const running = buryUnanswered({ name: 'dead-letters', settings, bus, store, log, signal: stop.signal })
  onTestFinished(async () => {
    stop.abort()
    await running
    await bus.close()
  })
}

/** A runner that answers nothing about `poison…`; `given` resolves when the server has given that up. */
async function startRunner(host: string) {
  const { js, jsm, nc } = nats.bus
  await jsm.consumers.add('STEPS', {
    durable_name: `host-${host}`,
    filter_subject: subjects.stepsOf(host),
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(300),
    max_deliver: 2,
    max_ack_pending: 2,
  })
  const advisories = nc.subscribe(subjects.deliveredTooOften('STEPS'), { max: 1 })
  const handled: string[] = []
  const consumer = await js.consumers.get('STEPS', `host-${host}`)
  const messages = await consumer.consume({ max_messages: 2 })
  onTestFinished(() => void messages.stop())
  ;(async () => {
    for await (const message of messages) {
      if (message.subject.includes('poison')) continue
      handled.push(message.subject)
      message.ack()
    }
  })()
  const given = (async () => {
    for await (const _ of advisories) return
  })()
  return { handled, given }
}

test('a step that ends its runner each time leaves the queue for the dead letters, and the others flow on', async () => {
  await startBurying()
  const { handled } = await startRunner('a')
  for (const session of ['poison0001', 'session0001', 'poison0002', 'session0002'])
    await nats.bus.js.publish(step('a', session), '{}')
  await expect.poll(letters, { timeout: 20_000 }).toEqual([
    { code: 'given-up', subject: step('a', 'poison0001') },
    { code: 'given-up', subject: step('a', 'poison0002') },
  ])
  await expect.poll(waiting).toBe(0)
  expect(handled).toEqual([step('a', 'session0001'), step('a', 'session0002')])
})

test('what was given up while nobody listened is found at the start; what still waits is left alone', async () => {
  const { given } = await startRunner('b')
  await nats.bus.js.publish(step('b', 'poison0003'), '{}')
  await given
  // No consumer takes these: the runner of that host is away.
  await nats.bus.js.publish(step('c', 'session0003'), '{}')
  await startBurying()
  await expect
    .poll(letters, { timeout: 20_000 })
    .toEqual([{ code: 'given-up', subject: step('b', 'poison0003') }])
  await expect.poll(waiting).toBe(1)
})
