import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { QEMU } from '../../host-runner/commands/qemu.ts'
import { findKernel } from '../../host-runner/prepare/find-kernel.ts'
import { CACHE } from './cache.ts'
import { makeInitrd } from './tiny-guest-files.ts'

const TESTS = fileURLToPath(new URL('..', import.meta.url))
const proof = (name: string) => join(TESTS, 'fixtures/systemd', name)
const MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay']
const LIMIT = 240_000

/** What was answered in the machine, by its name, and everything that was on its console. */
export type Proof = { answers: Record<string, unknown>; console: string }

/**
 * Boots a machine in which systemd is the first process, with this machine's own disk, read-only, below a layer in
 * memory; runs the proof in it.
 */
export async function proveUnderSystemd(): Promise<Proof> {
  const work = await mkdtemp(join(tmpdir(), 'darts-systemd-'))
  try {
    const kernel = await findKernel(join(CACHE, 'appliance/kernel'), AbortSignal.timeout(LIMIT))
    const initrd = join(work, 'initrd.img')
    await makeInitrd(kernel, work, initrd, {
      init: proof('init'),
      wanted: MODULES,
      more: [proof('proof.service')],
    })
    const append = `console=ttyS0 quiet panic=-1 systemd.show_status=0 systemd.unit=proof.service darts.tests=${TESTS}`
    const boot = ['-kernel', kernel.image, '-initrd', initrd, '-append', append, '-no-reboot']
    const { stdout } = await execa(QEMU, [...MACHINE, ...boot], { stdin: 'ignore', timeout: LIMIT })
    const lines = [...stdout.matchAll(/^proof (\S+) (.*?)\r?$/gm)]
    const answers = Object.fromEntries(
      lines.map(([, what = '', value = 'null']) => [what, JSON.parse(value)]),
    )
    return { answers, console: stdout }
  } finally {
    await rm(work, { recursive: true })
  }
}

const MACHINE =
  '-nodefaults -no-user-config -machine q35 -accel tcg,thread=multi -cpu max -smp 2 -m 2048M -display none -serial stdio -fsdev local,id=disk,path=/,security_model=passthrough,readonly=on,multidevs=remap -device virtio-9p-pci,fsdev=disk,mount_tag=host'.split(
    ' ',
  )
