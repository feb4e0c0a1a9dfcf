import { join } from 'node:path'
import { folders } from '../../config/folders.ts'
import type { Settings } from '../../config/settings.ts'

/** The guest agent's socket of a session. */
export const agentOf = (settings: Settings, session: string) =>
  join(folders(settings).control, session, 'agent.sock')
