import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { type KV, Kvm } from '@nats-io/kv'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { DartsError } from '../errors.ts'
import { nkeyOf } from './nkey.ts'
import type { Bucket } from './streams.ts'

export type Bus = {
  nc: NatsConnection
  js: JetStreamClient
  jsm: JetStreamManager
  /** An existing bucket; opened once. */
  bucket(name: Bucket): Promise<KV>
  /** Aborted when a lost connection is there again: the server may have another store now. */
  untilReconnect(): AbortSignal
  /** Is called each time that this has happened. */
  onReconnect(listener: () => void): void
  isAway(): boolean
  close(): Promise<void>
}

/** `user` is the NATS user whose nkey seed lies in `seedFile`, `<user>.nk`; it names the connection and its inboxes. */
export type BusOptions = {
  url: string
  user: string
  seedFile: string
  waitSeconds?: number
  /** Told once, when the first attempt has failed. */
  onWait?: (error: DartsError) => void
}

/**
 * Connects, and reconnects for ever. A first connection that does not come up within `waitSeconds` is an error.
 * @throws DartsError `bus-unavailable`
 */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const { url, user, seedFile } = options
  const authenticator = nkeyOf(seedFile)
  const servers = url.replace(/^nats:\/\//, '')
  const attempts = { maxReconnectAttempts: -1, reconnectTimeWait: 250, reconnectJitter: 100 }
  const nc = await firstConnection(
    () =>
      connect({
        ...attempts,
        servers,
        name: user,
        inboxPrefix: inboxOf(user),
        authenticator,
        ignoreAuthErrorAbort: true,
        timeout: 5000,
      }),
    options,
  )
  const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: 10_000 })
  const kvm = new Kvm(nc)
  const open = new Map<Bucket, Promise<KV>>()
  let away = false
  const listeners: (() => void)[] = []
  let connected = new AbortController()
  void (async () => {
    for await (const { type } of nc.status()) {
      if (type === 'disconnect') away = true
      if (type !== 'reconnect') continue
      away = false
      connected.abort()
      connected = new AbortController()
      for (const listener of listeners) listener()
    }
  })()
  return {
    nc,
    js: jetstream(nc),
    jsm,
    bucket(name) {
      const known = open.get(name) ?? kvm.open(name)
      open.set(name, known)
      known.catch(() => open.delete(name))
      return known
    },
    untilReconnect: () => connected.signal,
    onReconnect: listener => void listeners.push(listener),
    isAway: () => away,
    close: async () => {
      await nc.drain().catch(() => nc.close())
    },
  }
}

/** Each user has its own inboxes, so that nobody hears another's answers. */
export const inboxOf = (user: string) => `_INBOX_${user}`

async function firstConnection(
  attempt: () => Promise<NatsConnection>,
  { url, waitSeconds = 20, onWait }: BusOptions,
): Promise<NatsConnection> {
  const until = performance.now() + waitSeconds * 1000
  for (let wait = 50; ; wait = Math.min(wait * 2, 2000)) {
    try {
      return await attempt()
    } catch (cause) {
      const none = (after: string) =>
        new DartsError('bus-unavailable', `no NATS server at ${url}${after}: ${(cause as Error).message}`, {
          cause,
        })
      if (performance.now() + wait > until) throw none(` after ${waitSeconds} s`)
      if (wait === 50) onWait?.(none(''))
      await new Promise(resolve => setTimeout(resolve, wait))
    }
  }
}
