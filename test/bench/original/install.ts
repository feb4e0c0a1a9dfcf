import { rm, writeFile } from 'node:fs/promises'
import { APT_ENVIRONMENT, aptInstall, aptUpdate, dpkgStatus } from '../../../host-runner/commands/apt.ts'
import { run } from '../../../host-runner/run.ts'

const PACKAGE = 'qemu-web-desktop'
const POLICY = '/usr/sbin/policy-rc.d'

/** Installs Debian's qemu-web-desktop with Apache and what else it needs, and starts no service. Its version. */
export async function installOriginal(): Promise<string> {
  if (!(await installedVersion())) await install()
  const version = await installedVersion()
  if (!version) throw new Error(`apt did not install ${PACKAGE}`)
  return version
}

async function install(): Promise<void> {
  const options = { env: APT_ENVIRONMENT, timeout: 1800 }
  // By this file Debian's packages are told not to start services. A host that has one already has its own will.
  const ours = await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' }).then(
    () => true,
    () => false,
  )
  try {
    await run(aptUpdate(), options)
    await run(aptInstall([PACKAGE]), options)
  } finally {
    if (ours) await rm(POLICY)
  }
}

async function installedVersion(): Promise<string | undefined> {
  const { stdout } = await run(dpkgStatus([PACKAGE]), { timeout: 30, accepts: [0, 1] })
  return new RegExp(`^${PACKAGE} installed (\\S+)`, 'm').exec(stdout)?.[1]
}
