import { once } from 'node:events'
import { createWebSocketStream, WebSocket } from 'ws'
import { Rfb } from '../../harness/rfb.ts'
import { watch } from '../watch.ts'

/* Run by serve.sh: what a browser does there after a click on Create. Prints the times as JSON. */
const FORM = {
  user: 'bench',
  password: '',
  machine: 'starter.qcow2',
  cpu: '2',
  memory: '2',
  snapshot_lifetime: '43200',
  create: 'Create',
}

const start = performance.now()
const link = linkOf(await textOf('http://127.0.0.1/cgi-bin/qemu-web-desktop.pl', FORM))
const answered = performance.now() - start
await textOf(link)
const socket = new WebSocket(displayOf(link), ['binary'], { perMessageDeflate: false })
// Before it is open: the first bytes of the display may come along with the answer that opens it.
const stream = createWebSocketStream(socket)
await once(socket, 'open')
console.log(JSON.stringify({ link: answered, ...(await watch(await Rfb.open(stream), start)) }))
process.exit(0)

async function textOf(url: string, form?: Record<string, string>): Promise<string> {
  const answer = await fetch(url, form && { method: 'POST', body: new URLSearchParams(form) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`)
  return text
}

/** Of the page that it answers: the address of its noVNC for this session. */
function linkOf(page: string): string {
  const link = /href="?(http:[^\s">]+\/vnc\.html\?[^\s">]+)/.exec(page)?.[1]
  if (!link) throw new Error(`no link in ${page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')}`)
  return link
}

/** Where its noVNC goes for the display: `path` holds the session's token. */
function displayOf(link: string): string {
  const { host, search } = new URL(link)
  const path = /[?&]path=([^&]*)/.exec(search)?.[1] ?? ''
  return `ws://${host}/${path}`
}
