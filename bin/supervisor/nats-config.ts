import type { NatsUser } from './nats-users.ts'

export type NatsConfig = {
  port: number
  store: string
  portsFolder: string
  pidFile: string
  users: NatsUser[]
}

/** The configuration of the embedded server: loopback only, JetStream in the state folder, nobody without a key. */
export const natsConfig = ({ port, store, portsFolder, pidFile, users }: NatsConfig): string => `\
listen: "127.0.0.1:${port === 0 ? -1 : port}"
server_name: "darts"
ports_file_dir: ${JSON.stringify(portsFolder)}
pid_file: ${JSON.stringify(pidFile)}
max_payload: 1MB
max_connections: 2000
jetstream {
  store_dir: ${JSON.stringify(store)}
  max_memory_store: 64MB
  max_file_store: 8GB
}
${authorization(users)}`

/** The part that an administrator includes in an existing server's configuration. */
export const authorization = (users: NatsUser[]): string => `\
authorization {
  users = [
${users.map(user => `    ${userLine(user)}`).join('\n')}
  ]
}
`

const userLine = ({ user, nkey, permissions: { publish, subscribe } }: NatsUser) =>
  `{ nkey: ${nkey}, permissions: { publish: { allow: ${JSON.stringify(publish)} }, subscribe: { allow: ${JSON.stringify(subscribe)} } } } # ${user}`
