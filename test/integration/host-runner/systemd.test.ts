import { beforeAll, expect, test } from 'vitest'
import { type Proof, proveUnderSystemd } from '../../harness/systemd-machine.ts'

/* What test/fixtures/systemd does and sees in a machine in which systemd is the first process. */
let proof: Proof

beforeAll(async () => {
  proof = await proveUnderSystemd()
  if (!proof.answers.greedy) throw new Error(`the proof was not made:\n${proof.console.slice(-4000)}`)
}, 250_000)

test('where systemd is the first process a desktop is a service of its own, and answers', () => {
  expect(proof.answers).toMatchObject({ way: 'systemd' })
  expect(proof.answers.desktop).toEqual({
    status: 'prelaunch',
    group: expect.stringMatching(/^0::\/system\.slice\/darts-[0-9a-f]{8}-[0-9a-f-]{36}\.service$/),
    unprivileged: true,
    socketMode: '770',
    logMode: '600',
  })
})

test('its service has the limits of its flavor', () => {
  const memory = String((64 + 1536) * 2 ** 20)
  expect(proof.answers.limits).toEqual({
    MemoryMax: memory,
    MemorySwapMax: memory,
    CPUQuotaPerSecUSec: '2s',
    CPUWeight: '200',
    TasksMax: '129',
  })
})

test('a stop of the service that has started it leaves it running', () => {
  expect(proof.answers.survived).toEqual({ starter: 'inactive', runs: true, units: 1 })
})

test('cleaning leaves neither its process nor its service', () => {
  expect(proof.answers.cleaned).toEqual({ runs: false, units: 0, folder: false })
})

test('what was killed over its memory is known to have been, and its service is removed', () => {
  expect(proof.answers.greedy).toEqual({ outOfMemory: true, units: 0 })
})
