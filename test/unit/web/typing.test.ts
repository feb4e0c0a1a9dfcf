import { expect, test } from 'vitest'
import { keysBetween, keysymOf } from '../../../web/model/typing.ts'

const BACKSPACE = 0xff08

test('characters of Latin 1 are their own keysym, others lie in the Unicode range', () => {
  expect(keysymOf('a')).toBe(0x61)
  expect(keysymOf('é')).toBe(0xe9)
  expect(keysymOf('€')).toBe(0x010020ac)
  expect(keysymOf('😀')).toBe(0x0101f600)
  expect(keysymOf('\n')).toBe(0xff0d)
})

test('what was added is typed', () => {
  expect(keysBetween('___', '___ab')).toEqual([0x61, 0x62])
})

test('what was removed is erased', () => {
  expect(keysBetween('___', '_')).toEqual([BACKSPACE, BACKSPACE])
})

test('a suggestion that replaces a word erases only what differs', () => {
  expect(keysBetween('__teh', '__the')).toEqual([BACKSPACE, BACKSPACE, 0x68, 0x65])
})

test('a character outside the basic plane is one key', () => {
  expect(keysBetween('', '😀')).toHaveLength(1)
  expect(keysBetween('😀', '')).toEqual([BACKSPACE])
})
