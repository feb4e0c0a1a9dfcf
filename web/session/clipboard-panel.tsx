import { useRef, useState } from 'hono/jsx/dom'
import { words } from '../words.ts'
import { BarPanel } from './bar-panel.tsx'
import * as computer from './computer-clipboard.ts'
import { sendClipboard } from './desk.ts'

/** Text both ways by hand, for browsers and guests where it can't go by itself. */
export const ClipboardPanel = ({ text, onClose }: { text: string; onClose(): void }) => {
  const field = useRef<HTMLTextAreaElement>(null)
  const [said, say] = useState('')

  const send = () => {
    sendClipboard(field.current?.value ?? '')
    say(words.clipboard.sent)
  }
  const copy = async () => {
    const done = await computer.write(field.current?.value ?? '')
    say(done ? words.clipboard.copied : words.clipboard.automaticOff)
  }
  const useAutomatically = async () => {
    const found = await computer.read()
    if (found !== undefined) sendClipboard(found)
    say(found === undefined ? words.clipboard.automaticOff : words.clipboard.automaticOn)
  }

  return (
    <BarPanel id="clipboard-heading" heading={words.clipboard.heading} onClose={onClose}>
      <label for="clipboard-text">{words.clipboard.label}</label>
      <textarea id="clipboard-text" rows={5} ref={field} value={text} aria-describedby="clipboard-hint" />
      <p id="clipboard-hint" class="muted">
        {words.clipboard.hint}
      </p>
      <div class="bar-panel-buttons">
        <button type="button" class="button primary" onClick={send}>
          {words.clipboard.send}
        </button>
        <button type="button" class="button" onClick={copy}>
          {words.clipboard.copy}
        </button>
        {computer.canAsk() && (
          <button type="button" class="button" onClick={useAutomatically}>
            {words.clipboard.automatic}
          </button>
        )}
      </div>
      <p class="bar-panel-said" role="status">
        {said}
      </p>
    </BarPanel>
  )
}
