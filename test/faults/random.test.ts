import { expect, test } from 'vitest'
import { randomRun } from './random/run.ts'

test('whatever is killed when, each acknowledged create has one end, never two QEMUs, and nothing is left', async () => {
  const seed = Number(process.env.DARTS_SEED ?? Math.floor(Math.random() * 2 ** 31))
  const history: string[] = [`seed ${seed}`]
  console.log(history[0])
  const broken = await randomRun(seed, 45_000, line => history.push(line))
  if (broken.length > 0) console.log(history.join('\n'))
  expect(broken).toEqual([])
}, 300_000)
