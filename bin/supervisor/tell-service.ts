import type { ServiceView } from '../../config/contract/api.ts'
import type { ServiceDied } from '../../config/contract/services.ts'
import type { Log } from '../../config/log.ts'
import type { Change } from './process.ts'

/** As many ends in a row are a crash loop: it is said once, until the process is healthy again. */
const LOOP = 3

export type Listeners = {
  /** A line of the terminal. */
  say: (text: string) => void
  log: Log
  changed: (view: ServiceView) => void
  died: (death: ServiceDied) => void
}

/** Tells what happens to one process: shortly in the terminal, each change in the log, and to the bus. */
export function tellService(name: string, { say, log, changed, died }: Listeners): (change: Change) => void {
  const own = log.child({ service: name })
  let view: ServiceView = { name, state: 'restarting', restarts: 0 }
  let isLooping = false

  function update(change: Partial<ServiceView>) {
    view = { ...view, ...change }
    changed(view)
  }

  function ended({ how, ends, wait, output }: Change & { change: 'ended' }) {
    const { pid, ...rest } = view
    view = rest
    own.warn({ pid, how, ends, wait, output }, 'ended, will be started again')
    const restarts = view.restarts + 1
    update({ state: 'restarting', restarts, lastEnd: { how, at: new Date().toISOString() } })
    died({ service: name, how, restarts })
    if (isLooping) return
    isLooping = ends === LOOP
    const again = isLooping
      ? 'it keeps ending, and is started again after longer and longer waits, up to 10 s'
      : `starting it again in ${wait} ms`
    say([`${name} ended ${how}; ${again}`, ...output.map(line => `    ${line}`)].join('\n'))
  }

  return change => {
    switch (change.change) {
      case 'started':
        own.info({ pid: change.pid }, 'started')
        return update({ state: 'running', pid: change.pid, startedAt: new Date().toISOString() })
      case 'ended':
        return ended(change)
      case 'healthy':
        if (isLooping) say(`${name} runs again`)
        isLooping = false
        return own.info('runs')
      case 'stopped': {
        own.info('stopped')
        const { pid: _, ...rest } = view
        view = rest
        return update({ state: 'stopped' })
      }
    }
  }
}
