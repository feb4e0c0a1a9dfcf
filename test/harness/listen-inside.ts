import { createServer } from 'node:net'

/* Run inside a network namespace: listens on this address there, and hands the listening socket to its parent. */
const server = createServer().listen(0, process.argv[2], () => process.send?.('listening', server))
