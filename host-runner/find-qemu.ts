import { uuidOf } from './identity.ts'
import { findByUuid, type ProcessId } from './processes.ts'
import { readManifest, type SessionFiles } from './session-files.ts'

/** The uuid of a session's QEMU: that of the clone which it was, or its own. */
export const qemuUuid = async (files: SessionFiles): Promise<string> =>
  (await readManifest(files))?.uuid ?? uuidOf(files.id)

/** The running QEMU of a session, whoever started it. */
export const findQemu = async (files: SessionFiles): Promise<ProcessId | undefined> =>
  findByUuid(await qemuUuid(files))
