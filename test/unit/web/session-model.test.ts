import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SessionView } from '../../../config/contract/api.ts'
import type { Fact, Notice } from '../../../config/contract/facts.ts'
import { apply, fromView, rank, withView } from '../../../web/model/session.ts'

const view: SessionView = {
  id: 'abcdefghij',
  owner: 'ada',
  state: 'requested',
  machine: 'plain',
  createdAt: '2026-01-01T10:00:00.000Z',
  expiresAt: '2026-01-01T22:00:00.000Z',
}
const request = { machine: 'plain', cpus: 1, memory: 1024, lifetime: 60, createdAt: '', expiresAt: '' }
const stopped = { result: 'ended', reason: 'stopped', text: 'Stopped.' } as const
const life: Fact[] = [
  { fact: 'requested', ...request },
  { fact: 'placed', host: 'h' },
  { fact: 'overlaid' },
  { fact: 'customized', skipped: false },
  { fact: 'booted', accel: 'tcg' },
  { fact: 'ready' },
  { fact: 'ending', outcome: stopped },
  { fact: 'ended', reason: 'stopped', text: 'Stopped.' },
]
const tell = (facts: readonly (Fact | Notice)[], from = fromView(view)) =>
  facts.reduce((model, fact, n) => apply(model, fact, n * 1000), from)

describe('facts', () => {
  test('each fact moves the session to the state of its name', () => {
    for (let n = 1; n <= life.length; n++) expect(tell(life.slice(0, n)).view.state).toBe(life[n - 1]?.fact)
  })

  test('a replay from the first fact changes nothing', () => {
    const once = tell(life)
    expect(tell(life, once)).toEqual(once)
  })

  test('a session never goes back, in whatever order its facts are heard', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...life)), facts => {
        let model = fromView(view)
        for (const fact of facts) {
          const next = apply(model, fact, 0)
          expect(rank(next.view.state)).toBeGreaterThanOrEqual(rank(model.view.state))
          model = next
        }
      }),
    )
  })

  test('an end keeps where the session had come to', () => {
    expect(tell([...life.slice(0, 3), ...life.slice(6)]).reached).toBe('overlaid')
  })

  test('how it failed is kept for the user', () => {
    const model = tell([{ fact: 'failed', code: 'no-host', text: 'No server is ready.' }])
    expect(model.view).toMatchObject({ state: 'failed', code: 'no-host', text: 'No server is ready.' })
  })

  test('a page that opens late learns from the replay where a failed session had stopped', () => {
    const late = fromView({ ...view, state: 'failed' })
    expect(tell(life.slice(0, 4), late)).toMatchObject({ reached: 'customized', view: { state: 'failed' } })
  })
})

describe('notices', () => {
  const progressed = { fact: 'progressed', step: 'customize', percent: 40, text: 'Running' } as const

  test('progress counts for the step that is being done', () => {
    expect(tell([...life.slice(0, 3), progressed]).progress).toEqual({ percent: 40, text: 'Running' })
    expect(tell([...life.slice(0, 2), progressed]).progress).toBeUndefined()
  })

  test('the next step begins without the progress of the one before', () => {
    expect(tell([...life.slice(0, 3), progressed, ...life.slice(3, 4)]).progress).toBeUndefined()
  })

  test('a warning brings the time at which the session ends now', () => {
    const model = tell([{ fact: 'warned', minutes: 10, expiresAt: '2026-01-01T11:00:00.000Z' }])
    expect(model).toMatchObject({ warnedMinutes: 10, view: { expiresAt: '2026-01-01T11:00:00.000Z' } })
  })
})

describe('answers of the API', () => {
  test('an older answer does not undo what the facts told', () => {
    const booted = tell(life.slice(0, 5))
    expect(withView(booted, view)).toBe(booted)
  })

  test('a newer answer moves on and keeps when things happened', () => {
    const placed = tell(life.slice(0, 2))
    const next = withView(placed, { ...view, state: 'ready' })
    expect(next).toMatchObject({ reached: 'ready', times: { placed: 1000 }, view: { state: 'ready' } })
  })
})
