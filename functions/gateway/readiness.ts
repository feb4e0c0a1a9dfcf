import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../../config/bus/connect.ts'
import { readHosts } from '../../config/bus/hosts.ts'
import type { Readiness } from '../../config/contract/api.ts'
import type { Folders } from '../../config/folders.ts'
import { isSilent } from '../../config/host-view.ts'
import { ALIVE, functionSocket } from '../runtime/serve.ts'

/** Milliseconds that each of those asked may take. */
const LIMIT = 2000
/** An answer stands for so many milliseconds, whoever asks how often. */
const REMEMBERED = 1000

/**
 * Whether a click would start a desktop now, asked of those who have to do it: NATS, the functions that are `needed`, the
 * hosts. One look at a time.
 */
export function readiness(
  bus: Bus,
  run: Pick<Folders, 'functions'>,
  needed: string[],
): () => Promise<Readiness> {
  let known: Promise<Readiness> | undefined
  const forget = () => {
    known = undefined
  }
  return () => {
    if (!known) {
      known = look(bus, run, needed)
      known.then(() => setTimeout(forget, REMEMBERED).unref())
    }
    return known
  }
}

async function look(bus: Bus, run: Pick<Folders, 'functions'>, needed: string[]): Promise<Readiness> {
  const [nats, functions] = await Promise.all([checkNats(bus), checkFunctions(run, needed)])
  const checks = { nats: nats.nats, functions, hosts: nats.hosts }
  return { ready: Object.values(checks).every(({ ok }) => ok), checks }
}

/** The hosts are read out of JetStream, which has to answer for it. */
async function checkNats(bus: Bus) {
  const hosts = await Promise.race([readHosts(bus), afterLimit()]).catch(() => undefined)
  if (!hosts)
    return { nats: bad('JetStream does not answer'), hosts: bad('not known while NATS does not answer') }
  const alive = hosts.some(host => !isSilent(host, Date.now()))
  return { nats: GOOD, hosts: alive ? GOOD : bad('no host-runner was heard of lately') }
}

async function checkFunctions(run: Pick<Folders, 'functions'>, needed: string[]) {
  const alive = await Promise.all(needed.map(name => answers(functionSocket(run, name))))
  const missing = needed.filter((_, i) => !alive[i])
  return missing.length === 0 ? GOOD : bad(`not running: ${missing.join(', ')}`)
}

const GOOD = { ok: true }
const bad = (why: string) => ({ ok: false, why })
const afterLimit = () => sleep(LIMIT, undefined, { ref: false })

/** A thread that is stuck takes the connection all the same, so it has to say something. */
const answers = (socketPath: string) =>
  new Promise<boolean>(resolve => {
    const signal = AbortSignal.timeout(LIMIT)
    const request = get({ socketPath, path: ALIVE, agent: false, signal }, answer => {
      answer.resume()
      resolve(true)
    })
    request.once('error', () => resolve(false))
  })
