import { expect, test } from 'vitest'
import { externalGrant, type Grant, permissionsOf } from '../../../config/bus/permissions.ts'

test('an external program may publish its own commands, hear its own facts, and nothing else of DARTS', () => {
  const { publish, subscribe } = permissionsOf('beamline', externalGrant('beamline'))
  expect(publish).toEqual(['$JS.API.INFO', 'darts.cmd.beamline.*.*'])
  expect(subscribe).toEqual(['_INBOX_beamline.>', 'darts.evt.beamline.*.*'])
})

test('reading a bucket gives no right to write it', () => {
  const { publish } = permissionsOf('fn-machines', { read: ['hosts'] })
  expect(publish.filter(subject => subject.startsWith('$KV'))).toEqual([])
  expect(publish).toContain('$JS.API.DIRECT.GET.KV_hosts.>')
  expect(publish.some(subject => subject.includes('KV_sessions'))).toBe(false)
})

test('a consumer may be made with its own filter only', () => {
  const consume = [{ stream: 'STEPS', name: 'host-a', filter: 'darts.run.a.*.*' }] as const
  const { publish } = permissionsOf('runner-a', { consume: [...consume] })
  expect(publish).toContain('$JS.API.CONSUMER.CREATE.STEPS.host-a.darts.run.a.*.*')
  expect(publish).not.toContain('$JS.API.CONSUMER.CREATE.STEPS.>')
})

test('removing messages and hearing of deliveries are rights of their own, for the streams that are named', () => {
  const grant: Grant = { lookUp: ['STEPS'], remove: ['STEPS'], watchDeliveries: ['STEPS'] }
  const { publish, subscribe } = permissionsOf('fn-x', grant)
  expect(publish).toEqual([
    '$JS.API.CONSUMER.LIST.STEPS',
    '$JS.API.INFO',
    '$JS.API.STREAM.INFO.STEPS',
    '$JS.API.STREAM.MSG.DELETE.STEPS',
    '$JS.API.STREAM.MSG.GET.STEPS',
  ])
  expect(subscribe).toEqual(['$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.STEPS.*', '_INBOX_fn-x.>'])
})
