import { readFileSync } from 'node:fs'
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, nkeyAuthenticator } from '@nats-io/transport-node'

/* The script that one would write without DARTS: the same stream, server and kind of consumer, nothing else. */
const [, , servers = '', seedFile = '', stream = '', filter = ''] = process.argv
const authenticator = nkeyAuthenticator(new TextEncoder().encode(readFileSync(seedFile, 'utf8').trim()))
const nc = await connect({ servers, authenticator })
const jsm = await jetstreamManager(nc)
const config = { durable_name: 'bare', filter_subject: filter, ack_policy: AckPolicy.Explicit }
await jsm.consumers.add(stream, config)
const consumer = await jetstream(nc).consumers.get(stream, 'bare')
const messages = await consumer.consume()
process.on('disconnect', () => process.exit())
process.send?.('running')
for await (const message of messages) {
  const { data } = message.json<{ data: { at: string } }>()
  const taken = process.hrtime.bigint() - BigInt(data.at)
  nc.publish('darts.cmd._bench.bare.entered', String(taken))
  message.ack()
}
