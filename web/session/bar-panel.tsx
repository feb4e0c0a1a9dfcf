import type { Child } from 'hono/jsx'
import { useLayoutEffect, useRef } from 'hono/jsx/dom'
import { Icon } from '../parts/icon.tsx'
import { words } from '../words.ts'

type Props = { id: string; heading: string; onClose(): void; children: Child }

/** A panel below the bar. The desktop stays usable beside it; Escape closes it. */
export const BarPanel = ({ id, heading, onClose, children }: Props) => {
  const section = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const before = document.activeElement
    section.current?.querySelector<HTMLElement>('textarea, button')?.focus()
    return () => {
      // On a phone the button that opened it is hidden again.
      const isThere = before instanceof HTMLElement && before.checkVisibility()
      const back = isThere ? before : document.querySelector<HTMLElement>('.bar-more')
      back?.focus()
    }
  }, [])
  useLayoutEffect(() => {
    const close = (event: KeyboardEvent) => event.key === 'Escape' && onClose()
    section.current?.addEventListener('keydown', close)
    return () => section.current?.removeEventListener('keydown', close)
  }, [onClose])

  return (
    <section class="bar-panel" aria-labelledby={id} ref={section}>
      <div class="bar-panel-head">
        <h2 id={id}>{heading}</h2>
        <button type="button" class="button quiet small" title={words.help.close} onClick={onClose}>
          <Icon name="close" />
          <span class="hidden">{words.help.close}</span>
        </button>
      </div>
      {children}
    </section>
  )
}
