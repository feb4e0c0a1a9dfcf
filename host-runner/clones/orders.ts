import { randomBytes } from 'node:crypto'
import { newHostKey } from './host-key.ts'

/** What a guest is told about who it is; its words are text or bytes. See identity.pl for what each does. */
export type Order = [verb: string, ...words: (string | Buffer)[]]

/** One line on the channel: nothing in a word can end it. */
export const orderLine = ([verb, ...words]: Order) =>
  [verb, ...words.map(word => Buffer.from(word).toString('hex'))].join(' ')

/** What makes a clone differ from every other one. It needs no user, so it is done while the clone waits for one. */
export const cloneOrders = (clone: { hostname: string; mac: string; templateMac: string }): Order[] => [
  ['seed', randomBytes(64)],
  ['machine-id', randomBytes(16).toString('hex')],
  ['mac', clone.templateMac, clone.mac],
  ...nameOrders(clone.hostname),
]

/** What a guest that has booted by itself lacks: images may come with a name and a key. */
export function nameOrders(hostname: string): Order[] {
  const key = newHostKey(`root@${hostname}`)
  return [
    ['ssh-key', key.private, key.public],
    ['hostname', hostname],
  ]
}

/** The time of the host, in milliseconds since the epoch. */
export const clockOrder = (now: number): Order => [
  'clock',
  String(Math.floor(now / 1000)),
  String(Math.floor((now % 1000) * 1e6)),
]

/** Whose desktop it is. */
export const ownerOrders = (owner: string, account: number | undefined): Order[] =>
  account === undefined ? [] : [['account', String(account), owner]]

/** `starter-k3f9ab`: a name that a person recognises, for one machine alone. */
export const hostnameOf = (machine: string, id: string) => `${machine.slice(0, 50)}-${id.slice(0, 6)}`
