import { render } from 'hono/jsx/dom'
import { sessionIdHere } from '../live/site.ts'
import { words } from '../words.ts'
import '../styles/session.css'
import { openDisplayWhenBooted } from './desk.ts'
import { followSession } from './follow.ts'
import { SessionPage } from './session-page.tsx'
import { page, titleOf } from './state.ts'

page.subscribe(() => {
  const state = page.get()
  if (state.isMissing) document.title = `${words.end.missingHeading} · ${words.product}`
  else if (state.session)
    document.title = words.session.title(titleOf(state), words.states[state.session.view.state])
})
openDisplayWhenBooted()
void followSession(sessionIdHere())
const root = document.getElementById('app')
if (root) render(<SessionPage />, root)
