import type { NatsUser } from './nats-users.ts'

export type NatsConfig = {
  port: number
  store: string
  portsFolder: string
  pidFile: string
  usersFile: string
}

/** The configuration of the embedded server: loopback only, JetStream in the state folder, nobody without a key. */
export const natsConfig = ({ port, store, portsFolder, pidFile, usersFile }: NatsConfig): string => `\
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
include ${JSON.stringify(usersFile)}
`

/**
 * The users, also for an existing server's configuration. Each program outside has an account of its own that imports
 * its commands and its facts: permissions do not cover the reply subject of a message, which the server answers to,
 * so inside the account of DARTS a program could have any subject written. Across accounts replies are mapped.
 */
export const accounts = (users: NatsUser[]): string => `\
accounts {
  DARTS {
    jetstream: enabled
    users = [
${users.flatMap(user => (user.outside ? [] : [`      ${userLine(user)}`])).join('\n')}
    ]
    exports = [ { service: "darts.cmd.*.*.*" }, { stream: "darts.evt.*.*.*" } ]
  }
${users.flatMap(user => (user.outside ? [outsideAccount(user)] : [])).join('')}}
`

const outsideAccount = (user: NatsUser) => `\
  OUTSIDE_${user.user} {
    users = [ ${userLine(user)}
    ]
    imports = [
      { service: { account: DARTS, subject: "darts.cmd.${user.user}.*.*" } }
      { stream: { account: DARTS, subject: "darts.evt.${user.user}.*.*" } }
    ]
  }
`

const userLine = ({ user, nkey, permissions: { publish, subscribe } }: NatsUser) =>
  `{ nkey: ${nkey}, permissions: { publish: { allow: ${JSON.stringify(publish)} }, subscribe: { allow: ${JSON.stringify(subscribe)} } } } # ${user}`
