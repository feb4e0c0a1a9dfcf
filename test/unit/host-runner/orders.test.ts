import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { newHostKey } from '../../../host-runner/clones/host-key.ts'
import {
  clockOrder,
  cloneOrders,
  hostnameOf,
  orderLine,
  ownerOrders,
} from '../../../host-runner/clones/orders.ts'

test('no word can end a line, or begin another order', () => {
  const line = orderLine(['hostname', 'x\nrun 1234 5678'])
  expect(line).toMatch(/^hostname [0-9a-f]+$/)
})

test('the time is told to the millisecond', () => {
  expect(clockOrder(1_700_000_000_123)).toEqual(['clock', '1700000000', '123000000'])
})

test('a machine that names no account keeps the names of its image', () => {
  expect(ownerOrders('ada', undefined)).toEqual([])
  expect(ownerOrders('ada', 1000)).toEqual([['account', '1000', 'ada']])
})

test('a host name is short, and a label that DNS takes', () => {
  expect(hostnameOf('starter', 'abcdefghij')).toBe('starter-abcdef')
  expect(hostnameOf('x'.repeat(63), 'abcdefghij')).toMatch(/^[a-z0-9-]{1,63}$/)
})

test('two clones are told nothing twice', () => {
  const clone = { hostname: 'h', mac: 'a', templateMac: 'b' }
  const secret = (orders: ReturnType<typeof cloneOrders>) =>
    orders.filter(([verb]) => ['seed', 'machine-id', 'ssh-key'].includes(verb)).map(orderLine)
  const [one, two] = [secret(cloneOrders(clone)), secret(cloneOrders(clone))]
  expect(one).toHaveLength(3)
  for (const line of one) expect(two).not.toContain(line)
})

test('ssh-keygen reads a new host key and finds the same public half', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dk-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const key = newHostKey('root@starter')
  const file = join(folder, 'key')
  await writeFile(file, key.private)
  await chmod(file, 0o600)
  const { stdout } = await execa('ssh-keygen', ['-y', '-f', file])
  expect(`${stdout}\n`).toBe(key.public)
})
