import { backOff } from '../model/back-off.ts'
import { type Message, readMessage } from '../model/message.ts'
import { api } from './api.ts'
import { at } from './site.ts'

type Listener = {
  message(message: Message): void
  /** Connected, again perhaps: what was missed meanwhile can be asked for now. */
  opened?(): void
  lost?(): void
}

/**
 * A stream of server-sent events that never ends by itself. EventSource reconnects after a broken
 * connection and says where it was; only when the server refuses it (a restart answers 502 or 503) does it
 * give up, and then a new one starts at the first event again.
 */
export function openStream(path: string, on: Listener): () => void {
  let source: EventSource
  let timer: ReturnType<typeof setTimeout>
  let attempt = 0

  function open() {
    source = new EventSource(at(path))
    source.onopen = () => {
      attempt = 0
      on.opened?.()
    }
    source.onmessage = event => {
      const message = readMessage(event.data)
      if (message) on.message(message)
    }
    source.onerror = () => {
      on.lost?.()
      if (source.readyState !== EventSource.CLOSED) return
      // A log-in that is over sends the page to the log-in page; a stream can't tell its status.
      api.me().catch(() => {})
      timer = setTimeout(open, backOff(attempt++))
    }
  }

  open()
  return () => {
    clearTimeout(timer)
    source.close()
  }
}

/**
 * The same, but closed while nobody looks: over HTTP/1.1 a browser gives a site six connections
 * for all its tabs, and each stream holds one.
 */
export function openStreamWhileVisible(path: string, on: Listener): void {
  let close: (() => void) | undefined
  const follow = () => {
    if (document.visibilityState === 'visible') close ??= openStream(path, on)
    else {
      close?.()
      close = undefined
    }
  }
  document.addEventListener('visibilitychange', follow)
  follow()
}
