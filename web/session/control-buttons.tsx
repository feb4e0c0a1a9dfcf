import { useState } from 'hono/jsx/dom'
import { Icon, type IconName } from '../parts/icon.tsx'
import { words } from '../words.ts'
import { display, touchKeyboard } from './desk.ts'
import { FullScreenButton } from './full-screen-button.tsx'

export type PanelName = 'clipboard' | 'help'

type Props = {
  hasDesktop: boolean
  canStop: boolean
  panel: PanelName | undefined
  onPanel(name: PanelName): void
  onStop(): void
  /** Something was chosen: on a phone the controls can go. */
  onDone(): void
}

export const ControlButtons = ({ hasDesktop, canStop, panel, onPanel, onStop, onDone }: Props) => {
  const [fit, setFit] = useState(display.fit)
  const toggleFit = () => {
    display.setFit(fit === 'resize' ? 'scale' : 'resize')
    setFit(display.fit)
  }
  const isResizing = fit === 'resize'

  return (
    <fieldset class="bar-controls" id="controls">
      <legend class="hidden">{words.bar.controls}</legend>
      {hasDesktop && (
        <>
          <PanelButton icon="clipboard" name="clipboard" open={panel} onPanel={onPanel} />
          <BarButton
            icon="keyboard"
            text={words.bar.keyboard}
            onClick={() => {
              onDone()
              touchKeyboard.toggle()
            }}
            class="for-touch"
          />
          <BarButton
            icon="keys"
            text={words.bar.ctrlAltDel}
            onClick={() => {
              onDone()
              display.sendCtrlAltDel()
            }}
          />
          <BarButton
            icon="fit"
            text={`${words.bar.fit}: ${isResizing ? words.bar.fitResize : words.bar.fitScale}`}
            title={isResizing ? words.bar.fitResizeTitle : words.bar.fitScaleTitle}
            onClick={toggleFit}
          />
          <FullScreenButton />
          <PanelButton icon="help" name="help" open={panel} onPanel={onPanel} />
        </>
      )}
      <button type="button" class="button quiet bar-button stop" disabled={!canStop} onClick={onStop}>
        <Icon name="stop" />
        <span>{words.bar.stop}</span>
      </button>
    </fieldset>
  )
}

/** A click must not take the focus from the on-screen keyboard's field: leaving it hides the keyboard. */
const keepFocus = (event: Event) => event.preventDefault()

type BarButtonProps = { icon: IconName; text: string; title?: string; class?: string; onClick(): void }

export const BarButton = ({ icon, text, title, class: more = '', onClick }: BarButtonProps) => (
  <button
    type="button"
    class={`button quiet bar-button ${more}`}
    title={title ?? text}
    onMouseDown={keepFocus}
    onClick={onClick}
  >
    <Icon name={icon} />
    <span class="bar-label">{text}</span>
  </button>
)

type PanelButtonProps = {
  icon: IconName
  name: PanelName
  open: PanelName | undefined
  onPanel(name: PanelName): void
}

const PanelButton = ({ icon, name, open, onPanel }: PanelButtonProps) => (
  <button
    type="button"
    class="button quiet bar-button"
    title={words.bar[name]}
    aria-expanded={open === name ? 'true' : 'false'}
    onClick={() => onPanel(name)}
  >
    <Icon name={icon} />
    <span class="bar-label">{words.bar[name]}</span>
  </button>
)
