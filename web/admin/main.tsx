import { render } from 'hono/jsx/dom'
import { words } from '../words.ts'
import '../styles/admin.css'
import { AdminPage } from './admin-page.tsx'
import { followAll } from './follow.ts'

document.title = words.admin.title
void followAll()
const root = document.getElementById('app')
if (root) render(<AdminPage />, root)
