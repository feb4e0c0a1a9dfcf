import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Authenticator } from '@nats-io/transport-node'

/** RFC 4648 without padding. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** The header of an Ed25519 private key in PKCS #8 (RFC 8410): its 32 bytes follow. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * Answers the server's challenge as the NATS user whose seed lies in `<user>.nk` and whose public key beside it in
 * `<user>.pub`. Signed by Node's own Ed25519: the client's, in JavaScript, takes 45 ms of each process that starts.
 */
export function nkeyOf(seedFile: string): Authenticator {
  const nkey = readFileSync(seedFile.replace(/\.nk$/, '.pub'), 'utf8').trim()
  // Two bytes that tell its kind, the seed, two bytes of checksum.
  const seed = fromBase32(readFileSync(seedFile, 'utf8').trim()).subarray(2, 34)
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })
  return nonce => ({ nkey, sig: sign(null, Buffer.from(nonce ?? ''), key).toString('base64') })
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map(letter => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
}
