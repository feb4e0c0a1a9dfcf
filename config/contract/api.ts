import * as v from 'valibot'
import type { ErrorCode } from '../errors.ts'
import { STATE_NAMES } from '../session/state.ts'
import { CreateRequest } from './commands.ts'
import { DeadLetterView } from './dead-letter.ts'
import { END_REASONS, STARTS } from './facts.ts'

const text = (description: string) => v.pipe(v.string(), v.description(description))
const time = (description: string) => v.pipe(v.string(), v.isoTimestamp(), v.description(description))

/** Every answer that is not 2xx. */
export const Problem = v.object({
  code: v.pipe(v.string() as v.GenericSchema<ErrorCode>, v.description('One of a closed set of codes')),
  text: text('What happened and what to do, for the user'),
  detail: v.optional(text('What exactly was wrong with the request')),
})
export type Problem = v.InferOutput<typeof Problem>

const choice = (unit: string) =>
  v.object({ choices: v.array(v.number()), default: v.pipe(v.number(), v.description(unit)) })

export const MachineView = v.object({
  name: v.string(),
  title: v.string(),
  description: v.string(),
  picture: v.optional(text('Address of a picture')),
  cpus: choice('CPUs'),
  memory: choice('MiB'),
  lifetime: choice('Seconds'),
  warm: v.pipe(
    v.array(v.object({ cpus: v.number(), memory: v.number() })),
    v.description('Flavors that start at once, since a booted copy is kept'),
  ),
  status: v.object({
    state: v.picklist(['ready', 'preparing', 'missing']),
    percent: v.optional(v.number()),
    text: v.optional(v.string()),
  }),
})
export type MachineView = v.InferOutput<typeof MachineView>

export const SessionView = v.object({
  id: v.string(),
  owner: v.string(),
  state: v.picklist(STATE_NAMES),
  machine: v.optional(v.string()),
  cpus: v.optional(v.number()),
  memory: v.optional(v.pipe(v.number(), v.description('MiB'))),
  lifetime: v.optional(v.pipe(v.number(), v.description('Seconds'))),
  createdAt: v.optional(time('When it was asked for')),
  expiresAt: v.optional(time('When it ends by itself')),
  host: v.optional(text('The server that runs it')),
  start: v.optional(
    v.pipe(
      v.picklist(STARTS),
      v.description('warm: a copy of a booted machine goes on; cold: the machine boots'),
    ),
  ),
  reason: v.optional(v.picklist(END_REASONS)),
  code: v.optional(text('Why it failed, as a code')),
  text: v.optional(text('How it ended, in a sentence')),
})
export type SessionView = v.InferOutput<typeof SessionView>

export const Ticket = v.object({
  ticket: text('Opens one display once, within 30 seconds'),
  expiresAt: time(''),
})
export type Ticket = v.InferOutput<typeof Ticket>

export const Me = v.object({ principal: v.string(), role: v.picklist(['user', 'admin']) })
export type Me = v.InferOutput<typeof Me>

export const FunctionView = v.object({
  name: v.string(),
  routes: v.array(v.string()),
  subjects: v.array(v.string()),
  state: v.picklist(['starting', 'running', 'restarting', 'failed']),
  restarts: v.number(),
  calls: v.number(),
  failures: v.number(),
  /** Mean duration of a call in milliseconds. */
  mean: v.number(),
  lastFailure: v.optional(v.string()),
})
export type FunctionView = v.InferOutput<typeof FunctionView>

const Check = v.object({ ok: v.boolean(), why: v.optional(text('What is wrong')) })
export const Readiness = v.object({
  ready: v.boolean(),
  checks: v.object({ nats: Check, functions: Check, hosts: Check }),
})
export type Readiness = v.InferOutput<typeof Readiness>

export const ServiceView = v.object({
  name: v.string(),
  state: v.picklist(['running', 'restarting', 'stopped']),
  pid: v.optional(v.number()),
  startedAt: v.optional(time('When it was started last')),
  restarts: v.pipe(v.number(), v.description('Unexpected ends since DARTS was started')),
  lastEnd: v.optional(v.object({ how: text('by SIGKILL, with 1'), at: time('') })),
})
export type ServiceView = v.InferOutput<typeof ServiceView>

export const LoginRequest = v.strictObject({ token: v.pipe(v.string(), v.maxLength(200)) })

type Route = {
  method: 'get' | 'post' | 'delete'
  path: string
  summary: string
  body?: v.GenericSchema
  /** Status of success and the shape of its answer; no shape: no JSON. */
  status: number
  answer?: v.GenericSchema
  stream?: boolean
}

/** The whole HTTP interface; functions check requests with it, and the OpenAPI document is made from it. */
export const API = [
  {
    method: 'post',
    path: '/api/login',
    summary: 'Exchange the token for a cookie',
    body: LoginRequest,
    status: 204,
  },
  { method: 'delete', path: '/api/login', summary: 'Log out', status: 204 },
  { method: 'get', path: '/api/me', summary: 'Who is logged in', status: 200, answer: Me },
  {
    method: 'get',
    path: '/api/machines',
    summary: 'The machines that can be started',
    status: 200,
    answer: v.array(MachineView),
  },
  { method: 'get', path: '/api/machines/:name/picture', summary: "A machine's picture", status: 200 },
  {
    method: 'post',
    path: '/api/sessions',
    summary: 'Ask for a session; an Idempotency-Key makes a repeat the same one',
    body: CreateRequest,
    status: 202,
    answer: SessionView,
  },
  {
    method: 'get',
    path: '/api/sessions',
    summary: 'My sessions; all of them for an administrator who asks with ?all',
    status: 200,
    answer: v.array(SessionView),
  },
  { method: 'get', path: '/api/sessions/:id', summary: 'One session', status: 200, answer: SessionView },
  {
    method: 'delete',
    path: '/api/sessions/:id',
    summary: 'Stop a session',
    status: 202,
    answer: SessionView,
  },
  {
    method: 'get',
    path: '/api/sessions/:id/events',
    summary: 'Its events from the first on, as server-sent events',
    status: 200,
    stream: true,
  },
  {
    method: 'post',
    path: '/api/sessions/:id/tickets',
    summary: 'A ticket for its display, which may still be on its way',
    status: 201,
    answer: Ticket,
  },
  {
    method: 'get',
    path: '/api/sessions/:id/display',
    summary: 'The display: a websocket with the sub-protocols binary and ticket.<ticket>, RFB inside',
    status: 101,
  },
  {
    method: 'get',
    path: '/api/events',
    summary:
      'Progress of the set-up and the events of my sessions, as server-sent events; with ?all, for administrators, of all sessions, services and functions',
    status: 200,
    stream: true,
  },
  {
    method: 'get',
    path: '/api/functions',
    summary: 'The functions with their calls and failures',
    status: 200,
    answer: v.array(FunctionView),
  },
  {
    method: 'get',
    path: '/api/dead-letters',
    summary: 'The newest messages that could not be handled, for administrators',
    status: 200,
    answer: v.array(DeadLetterView),
  },
  {
    method: 'post',
    path: '/api/dead-letters/:seq/retry',
    summary: 'Publish the message again and remove the letter, for administrators',
    status: 204,
  },
  {
    method: 'delete',
    path: '/api/dead-letters/:seq',
    summary: 'Remove the letter, for administrators',
    status: 204,
  },
  {
    method: 'get',
    path: '/api/services',
    summary: 'The processes of DARTS with their restarts, for administrators',
    status: 200,
    answer: v.array(ServiceView),
  },
  { method: 'get', path: '/api/openapi.json', summary: 'This interface as OpenAPI 3.1', status: 200 },
  { method: 'get', path: '/healthz', summary: 'Whether the gateway is alive; without a log-in', status: 200 },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Whether a desktop could be started now, else 503 in the same shape; without a log-in',
    status: 200,
    answer: Readiness,
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'Figures in the text format of Prometheus, for administrators and from the server itself',
    status: 200,
  },
] as const satisfies Route[]
