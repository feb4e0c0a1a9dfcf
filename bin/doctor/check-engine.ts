import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missingPackages } from '../../host-runner/prepare/install-packages.ts'
import { probeAccel, qemuVersion, runsToItsEnd } from '../../host-runner/prepare/probe-kvm.ts'
import { systemUsers } from '../../host-runner/users.ts'
import type { Finding } from './checks.ts'

/** Packages, and whether KVM and QEMU work: by running a guest to its end, since a device file proves nothing. */
export async function checkEngine(): Promise<Finding[]> {
  const missing = await missingPackages()
  if (missing.length > 0)
    return [
      {
        is: 'bad',
        what: `packages missing or too old: ${missing.join(', ')}`,
        mend: 'npm start installs them',
      },
    ]
  return [{ is: 'good', what: `all packages are there, QEMU ${await qemuVersion()}` }, ...(await runGuests())]
}

async function runGuests(): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'darts-doctor-'))
  await chmod(folder, 0o711)
  try {
    const users = systemUsers()
    if (!(await runsToItsEnd('tcg', users, folder)))
      return [
        {
          is: 'bad',
          what: 'QEMU cannot run even a small guest',
          mend: 'qemu-system-x86_64 --version, dmesg',
        },
      ]
    if (!existsSync('/dev/kvm'))
      return [
        {
          is: 'note',
          what: 'no KVM: desktops start some ten times slower',
          mend: 'enable virtualisation in the firmware, or nested virtualisation on the hypervisor',
        },
      ]
    if ((await probeAccel(users, folder)) === 'kvm')
      return [{ is: 'good', what: 'KVM works: a guest ran to its end' }]
    return [
      {
        is: 'note',
        what: '/dev/kvm is there, but a guest does not run to its end: desktops start some ten times slower',
        mend: 'enable nested virtualisation on the hypervisor; without it TCG is used, which works',
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
