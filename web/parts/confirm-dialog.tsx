import { useLayoutEffect, useRef } from 'hono/jsx/dom'

type Props = {
  heading: string
  text: string
  confirm: string
  cancel: string
  onConfirm(): void
  onClose(): void
}

/** Asks before something is lost. It is open as long as it is rendered; the harmless answer has the focus. */
export const ConfirmDialog = ({ heading, text, confirm, cancel, onConfirm, onClose }: Props) => {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    element?.addEventListener('close', onClose)
    element?.showModal()
    return () => element?.close()
  }, [])

  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="dialog-heading" aria-describedby="dialog-text">
      <h2 id="dialog-heading">{heading}</h2>
      <p id="dialog-text">{text}</p>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {cancel}
        </button>
        <button type="button" class="button danger" onClick={onConfirm}>
          {confirm}
        </button>
      </div>
    </dialog>
  )
}
