import { expect, test } from 'vitest'
import { tokenOf } from '../../../web/model/token.ts'

test('the token is found alone and in the whole address', () => {
  expect(tokenOf('  4f0ce91b\n')).toBe('4f0ce91b')
  expect(tokenOf('http://127.0.0.1:8080/?token=4f0ce91b')).toBe('4f0ce91b')
  expect(tokenOf('https://lab/darts/?lang=fr&token=4f0ce91b#x')).toBe('4f0ce91b')
  expect(tokenOf('')).toBe('')
})
