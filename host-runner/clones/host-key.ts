import { generateKeyPairSync } from 'node:crypto'

const TYPE = 'ssh-ed25519'

/**
 * A new ed25519 host key as OpenSSH keeps it in files. Made here, since starting ssh-keygen costs an emulated guest a
 * tenth of a second. Source of the format: PROTOCOL.key of OpenSSH.
 */
export function newHostKey(comment: string): { private: string; public: string } {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]
  const publicKey = Buffer.concat([string(TYPE), string(point)])
  const check = seed.subarray(0, 4).map((byte, i) => byte ^ (point[i] ?? 0))
  const secret = Buffer.concat([
    check,
    check,
    publicKey,
    string(Buffer.concat([seed, point])),
    string(comment),
  ])
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (secret.length % 8)) % 8)
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    number(1),
    string(publicKey),
    string(Buffer.concat([secret, padding])),
  ])
  const lines = file.toString('base64').match(/.{1,70}/g) ?? []
  return {
    private: ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
      '\n',
    ),
    public: `${TYPE} ${publicKey.toString('base64')} ${comment}\n`,
  }
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([number(bytes.length), bytes])
}
