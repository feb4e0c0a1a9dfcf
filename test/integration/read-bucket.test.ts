import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBucket, watchOnce } from '../../config/bus/read-bucket.ts'
import { startNats, type TestNats } from '../harness/nats.ts'
import { freshSettings } from '../harness/settings.ts'

let nats: TestNats
let remove: () => Promise<void>
beforeAll(async () => {
  const fresh = await freshSettings()
  remove = fresh.remove
  nats = await startNats(fresh.settings)
})
afterAll(async () => {
  await nats.stop()
  await remove()
})

test('a bucket whose keys change while they are sent is told whole all the same', async () => {
  const kv = await nats.bus.bucket('hosts')
  const keys = ['one', 'two', 'three']
  for (const key of keys) await kv.put(key, '0')
  let writing = true
  const written = Promise.all(
    keys.map(async key => {
      for (let i = 0; writing; i++) await kv.put(key, String(i))
    }),
  )
  const untilWhole = async () => {
    const seen = new Set<string>()
    for await (const one of watchOnce(nats.bus, 'hosts', new AbortController().signal)) {
      if (!one) return [...seen].sort()
      seen.add(one.key)
    }
    return undefined
  }
  const whole: unknown[] = []
  for (let i = 0; i < 100; i++)
    whole.push(
      await untilWhole(),
      (await readBucket(nats.bus, 'hosts')).map(({ key }) => key),
    )
  writing = false
  await written
  expect(whole).toEqual(whole.map(() => [...keys].sort()))
})

test('a reader that leaves takes its consumer with it', async () => {
  const stop = new AbortController()
  for await (const one of watchOnce(nats.bus, 'hosts', stop.signal)) if (!one) break
  await nats.bus.nc.flush()
  expect(await nats.bus.jsm.consumers.list('KV_hosts').next()).toEqual([])
})
