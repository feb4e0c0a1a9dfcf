import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Authenticator } from '@nats-io/transport-node'
import { DartsError } from '../errors.ts'

/** RFC 4648 without padding. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** The header of an Ed25519 private key in PKCS #8 (RFC 8410): its 32 bytes follow. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * Answers the server's challenge as the NATS user whose seed lies in `<user>.nk` and whose public key beside it in
 * `<user>.pub`. Signed by Node's own Ed25519: the client's, in JavaScript, takes 45 ms of each process that starts.
 * @throws DartsError `set-up`
 */
export function nkeyOf(seedFile: string): Authenticator {
  const nkey = keyIn(seedFile.replace(/\.nk$/, '.pub'), /^U[A-Z2-7]{55}$/)
  // Two bytes that tell its kind, the seed, two bytes of checksum.
  const seed = fromBase32(keyIn(seedFile, /^SU[A-Z2-7]{56}$/)).subarray(2, 34)
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })
  return nonce => ({ nkey, sig: sign(null, Buffer.from(nonce ?? ''), key).toString('base64') })
}

/** What lies in a file is never told: it may be a seed. */
function keyIn(file: string, form: RegExp): string {
  const text = readFileSync(file, 'utf8').trim()
  if (!form.test(text)) throw new DartsError('set-up', `${file} holds no key of a NATS user`)
  return text
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map(letter => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
}
