import { mkdtempSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings, type Settings } from '../../config/settings.ts'

/** Fresh folders for one test file. Images come from a folder that outlives the test, since they take minutes. */
export async function freshSettings(
  env: Record<string, string> = {},
): Promise<{ settings: Settings; env: Record<string, string>; remove(): Promise<void> }> {
  const base = mkdtempSync(join(tmpdir(), 'dt-'))
  await chmod(base, 0o711)
  const all = {
    DARTS_STATE: join(base, 'state'),
    DARTS_RUN: join(base, 'run'),
    DARTS_NATS_PORT: '0',
    DARTS_PORT: '0',
    DARTS_HOST: 'testhost',
    ...env,
  }
  return {
    settings: readSettings(all),
    env: all,
    remove: () => rm(base, { recursive: true, force: true, maxRetries: 5 }),
  }
}
