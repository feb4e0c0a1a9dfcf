import { Worker } from 'node:worker_threads'
import type { FunctionView } from '../../config/contract/api.ts'
import type { Log } from '../../config/log.ts'
import type { Manifest } from './manifest.ts'
import type { Report, WorkerInput } from './reports.ts'

const FIRST_WAIT = 100
const LONGEST_WAIT = 10_000
/** A call that blocks its thread cannot end itself: it is given this long after its limit, in milliseconds. */
const GRACE = 1000
/**
 * A thread at its limit is given 16 MB more to end itself in. What is young must fit into that when it grows old: with
 * more of it, and Node's default is more, V8 ends the whole process instead.
 */
const MEMORY = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 }
/**
 * A thread that waits for a program, or is in a compiled loop of built-ins alone, may not let itself be ended: after so
 * many milliseconds the process ends with it, and is started again.
 */
const STUBBORN = 10_000
/** A function must run within this time of its start, in milliseconds; the bus may be away for a while. */
const START = 30_000

/** Keeps one function running in its thread, and counts what it does. `tried`: it runs, or has failed to for the first time. */
export function superviseFunction(manifest: Manifest, log: Log, changed: (view: FunctionView) => void) {
  const { name, routes, subjects, timeLimit } = manifest
  let view: FunctionView = {
    name,
    routes,
    subjects,
    state: 'starting',
    restarts: 0,
    calls: 0,
    failures: 0,
    mean: 0,
  }
  let wait = FIRST_WAIT
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  const tried = Promise.withResolvers<void>()
  let worker = start()

  function start(): Worker {
    const running = new Map<number, NodeJS.Timeout>()
    let failure: string | undefined
    let stubborn: NodeJS.Timeout | undefined
    const thread = new Worker(new URL('worker.ts', import.meta.url), {
      workerData: { manifest } satisfies WorkerInput,
      resourceLimits: MEMORY,
    })
    const cut = (why: string) => {
      failure = why
      log.error({ function: name }, `the function ${why}: restarting it`)
      thread.terminate()
      stubborn = setTimeout(giveUp, STUBBORN)
    }
    const begun = setTimeout(cut, START, `did not run within ${START / 1000} s`)
    const blocked = `blocked for more than ${timeLimit} s`
    thread.on('message', (report: Report) => {
      if (report.report === 'running') {
        clearTimeout(begun)
        update({ state: 'running' })
      }
      if (report.report === 'began')
        running.set(report.call, setTimeout(cut, timeLimit * 1000 + GRACE, blocked))
      if (report.report !== 'ended') return
      clearTimeout(running.get(report.call))
      running.delete(report.call)
      wait = FIRST_WAIT
      count(report.milliseconds, report.failure)
    })
    thread.on('error', error => {
      failure = error.message
      log.error({ err: error, function: name }, 'the function crashed')
    })
    thread.once('exit', code => {
      clearTimeout(begun)
      clearTimeout(stubborn)
      for (const pending of running.values()) clearTimeout(pending)
      if (stopping) return
      update({
        state: 'restarting',
        restarts: view.restarts + 1,
        failures: view.failures + running.size,
        lastFailure: failure ?? `ended with ${code}`,
      })
      timer = setTimeout(() => {
        worker = start()
      }, wait)
      wait = Math.min(wait * 2, LONGEST_WAIT)
    })
    return thread
  }

  function giveUp() {
    log.fatal({ function: name }, 'the function cannot be ended: every function is started again')
    // An exit would wait for the thread.
    process.kill(process.pid, 'SIGKILL')
  }

  function count(milliseconds: number, failure?: string) {
    const calls = view.calls + 1
    const mean = view.mean + (milliseconds - view.mean) / calls
    update({ calls, mean, ...(failure && { failures: view.failures + 1, lastFailure: failure }) })
  }

  function update(change: Partial<FunctionView>) {
    view = { ...view, ...change }
    changed(view)
    if (view.state !== 'starting') tried.resolve()
  }

  async function stop() {
    stopping = true
    clearTimeout(timer)
    // It has ended, and waits for its next start.
    if (worker.threadId === -1) return
    const ended = new Promise(resolve => worker.once('exit', resolve))
    worker.postMessage('stop')
    const forced = setTimeout(() => worker.terminate(), 5000)
    await ended
    clearTimeout(forced)
  }

  return { stop, tried: tried.promise }
}
