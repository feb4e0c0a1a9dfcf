import { expect, test } from 'vitest'
import { oneByOne, order, type Suspect } from '../../../config/bus/one-by-one.ts'

const suspect = (seq: number, deliveryCount: number): Suspect => ({ seq, info: { deliveryCount } })

test('whichever of them is the culprit, each other one comes before it within two deliveries', () => {
  const seqs = [1, 2, 3, 4]
  const handled = (culprit: number, deliveryCount: number) => {
    const sorted = seqs.map(seq => suspect(seq, deliveryCount)).sort(order)
    return sorted
      .slice(
        0,
        sorted.findIndex(({ seq }) => seq === culprit),
      )
      .map(({ seq }) => seq)
  }
  for (const culprit of seqs)
    expect([...handled(culprit, 3), ...handled(culprit, 4)].sort()).toEqual(
      seqs.filter(seq => seq !== culprit),
    )
})

test('suspects run one at a time, the least delivered first, each after what was said before it has arrived', async () => {
  const seen: string[] = []
  const run = oneByOne(async () => void seen.push('flushed'))
  const work = (name: string) => async () => {
    seen.push(`${name} begins`)
    await new Promise(setImmediate)
    seen.push(`${name} ends`)
  }
  await Promise.all([run(suspect(1, 5), work('often')), run(suspect(2, 3), work('seldom'))])
  expect(seen).toEqual(['flushed', 'seldom begins', 'seldom ends', 'flushed', 'often begins', 'often ends'])
})

test('one that fails keeps no other from its turn', async () => {
  const run = oneByOne(async () => {})
  const failing = run(suspect(1, 3), () => Promise.reject(new Error('no')))
  const fine = run(suspect(2, 3), async () => {})
  await expect(failing).rejects.toThrow('no')
  await fine
})
