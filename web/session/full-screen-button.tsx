import { useLayoutEffect, useState } from 'hono/jsx/dom'
import { words } from '../words.ts'
import { BarButton } from './control-buttons.tsx'
import { display } from './desk.ts'

/** Chromium gives Escape, Alt-Tab and the like to a page in full screen that asks for them. */
type KeyboardLock = { keyboard?: { lock(): Promise<void> } }

export const FullScreenButton = () => {
  const [isFull, setFull] = useState(document.fullscreenElement !== null)
  useLayoutEffect(() => {
    const listen = () => setFull(document.fullscreenElement !== null)
    document.addEventListener('fullscreenchange', listen)
    return () => document.removeEventListener('fullscreenchange', listen)
  }, [])

  if (!document.fullscreenEnabled) return null
  return (
    <BarButton
      icon={isFull ? 'shrink' : 'expand'}
      text={isFull ? words.bar.leaveFullScreen : words.bar.fullScreen}
      onClick={() => (isFull ? document.exitFullscreen() : enter())}
    />
  )
}

async function enter() {
  await document.documentElement.requestFullscreen()
  display.focus()
  await (navigator as KeyboardLock).keyboard?.lock().catch(() => {})
}
