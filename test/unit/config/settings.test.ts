import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, onTestFinished, test } from 'vitest'
import { environmentName, readSettings, Settings } from '../../../config/settings.ts'

function stateWith(settings: object): string {
  const state = mkdtempSync(join(tmpdir(), 'darts-settings-'))
  onTestFinished(() => rmSync(state, { recursive: true }))
  writeFileSync(join(state, 'settings.json'), JSON.stringify(settings))
  return state
}

test('the environment wins over the file, the file over the default', () => {
  const DARTS_STATE = stateWith({ port: 9000, sessionsMax: 4 })
  const settings = readSettings({ DARTS_STATE, DARTS_PORT: '9001', DARTS_ADMINS: 'ada,emmy' })
  expect(settings).toMatchObject({ port: 9001, sessionsMax: 4, admins: ['ada', 'emmy'], sessionsPerUser: 3 })
})

test('a wrong key or value is refused with the key and what is wrong', () => {
  expect(() => readSettings({ DARTS_STATE: stateWith({ prot: 80 }) })).toThrow(/prot/)
  expect(() => readSettings({ DARTS_STATE: '/nowhere', DARTS_PORT: 'eighty' })).toThrow(/port.*number/)
  expect(() => readSettings({ DARTS_STATE: '/nowhere', DARTS_PORT: '' })).toThrow(/port/)
  expect(() => readSettings({ DARTS_STATE: '/nowhere', DARTS_LIFETIMES: 'long' })).toThrow(/90m/)
})

test('two state folders never share a run folder, and its sockets are short enough', () => {
  const one = readSettings({ DARTS_STATE: `/tmp/${'a'.repeat(200)}` })
  const two = readSettings({ DARTS_STATE: `/tmp/${'b'.repeat(200)}` })
  expect(one.run).not.toBe(two.run)
  expect(`${one.run}/displays/${'x'.repeat(32)}/vnc.sock`.length).toBeLessThan(107)
})

test('every key says what it means', () => {
  for (const [name, schema] of Object.entries(Settings.entries)) {
    expect(v.getDescription(schema), name).toMatch(/\.$/)
    expect(environmentName(name)).toMatch(/^DARTS_[A-Z_]+$/)
  }
})
