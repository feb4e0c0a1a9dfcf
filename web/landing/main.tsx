import { render } from 'hono/jsx/dom'
import { words } from '../words.ts'
import '../styles/landing.css'
import { followService } from './follow.ts'
import { LandingPage } from './landing-page.tsx'

document.title = words.landing.title
followService()
const root = document.getElementById('app')
if (root) render(<LandingPage />, root)
