import type { HostStatus } from '../host-status.ts'

/** Tells how far a step of the preparation is. */
export type Report = {
  running(percent: number, text: string): void
  done(text?: string): void
  failed(text: string): void
}

export function reporter(status: HostStatus, step: string, title: string): Report {
  let last = 0
  return {
    running(percent, text) {
      last = Math.min(100, Math.max(0, Math.round(percent)))
      status.progress({ step, title, state: 'running', percent: last, text })
    },
    done: (text = '') => status.progress({ step, title, state: 'done', percent: 100, text }),
    failed: text => status.progress({ step, title, state: 'failed', percent: last, text }),
  }
}
