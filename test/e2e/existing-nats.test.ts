import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { folders } from '../../config/folders.ts'
import { machineReady } from '../harness/api.ts'
import { startDarts } from '../harness/darts.ts'
import { startNats } from '../harness/nats.ts'
import { until } from '../harness/session-events.ts'
import { freshSettings } from '../harness/settings.ts'
import { installTinyAndStarter } from '../harness/tiny-guest.ts'

test('with DARTS_NATS_URL everything runs on an existing server, and none of its own is started', async () => {
  const { settings, remove } = await freshSettings()
  onTestFinished(remove)
  await installTinyAndStarter(settings)
  const nats = await startNats(settings)
  onTestFinished(nats.stop)
  const darts = await startDarts({ DARTS_NATS_URL: nats.url, DARTS_WARM: 'off' }, settings)
  onTestFinished(() => darts.stop('SIGINT'))
  await machineReady(darts, 'tiny')
  const created = await darts.api('/api/sessions', { method: 'POST', body: '{"machine":"tiny"}' })
  const { id } = (await created.json()) as { id: string }
  await until(darts, id, 'ready')
  expect(existsSync(join(folders(settings).logs, 'nats.log'))).toBe(false)
})
