import { useNow } from '../live/use-now.ts'
import { span } from '../model/format.ts'
import { Icon } from '../parts/icon.tsx'
import { words } from '../words.ts'

const MINUTE = 60_000

export const TimeLeft = ({ expiresAt }: { expiresAt: string }) => {
  const left = Date.parse(expiresAt) - useNow(1000)
  const urgency = left <= 2 * MINUTE ? 'urgent' : left <= 10 * MINUTE ? 'soon' : ''
  return (
    <span class={`bar-time ${urgency}`} title={words.sessions.left(span(left, 'long'))}>
      <Icon name="clock" />
      {span(left)}
      <span class="bar-time-word"> {words.bar.left}</span>
    </span>
  )
}
