import { api } from '../live/api.ts'
import { toProblem } from '../live/problem.ts'
import { pages } from '../live/site.ts'
import { tokenOf } from '../model/token.ts'
import { words } from '../words.ts'
import '../styles/login.css'

const form = document.querySelector<HTMLFormElement>('form.login-form')
const field = document.querySelector<HTMLInputElement>('#token')
const button = document.querySelector<HTMLButtonElement>('form.login-form button')
const message = document.querySelector<HTMLElement>('#login-message')

form?.addEventListener('submit', event => {
  event.preventDefault()
  void logIn(tokenOf(field?.value ?? ''))
})

async function logIn(token: string) {
  if (!token) return say(words.login.empty)
  setBusy(true)
  try {
    await api.logIn(token)
    enter()
  } catch (thrown) {
    const problem = toProblem(thrown)
    setBusy(false)
    say(problem.status === 401 || problem.status === 400 ? words.login.wrong : problem.text)
  }
}

/** This page is also the answer to any other page's address when nobody is logged in: that page is next. */
function enter() {
  if (location.href.split(/[?#]/)[0] === pages.login) location.assign(pages.home)
  else location.reload()
}

function setBusy(isBusy: boolean) {
  if (button) {
    button.disabled = isBusy
    button.textContent = isBusy ? words.login.busy : words.login.submit
  }
  if (isBusy) say('')
}

function say(text: string) {
  if (message) message.textContent = text
  field?.setAttribute('aria-invalid', String(text !== ''))
  if (text) field?.focus()
}
