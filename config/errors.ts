/**
 * Every failure that a person or a program can be told about, in one closed table.
 * `status` is the HTTP answer, `retry` decides whether a message is delivered again, `text` is what a user
 * reads. Details for the administrator go into the error's `message` and `cause`, never into `text`.
 */
export const ERRORS = {
  'bad-request': { status: 400, retry: false, text: 'The request could not be understood.' },
  'not-logged-in': { status: 401, retry: false, text: 'Log in first: open the address that DARTS printed.' },
  'not-allowed': { status: 403, retry: false, text: 'You may not do this.' },
  'not-found': { status: 404, retry: false, text: 'There is no such thing here.' },
  'idempotency-key-reused': {
    status: 422,
    retry: false,
    text: 'This idempotency key was already used for a different request.',
  },
  'too-large': { status: 413, retry: false, text: 'The request is too large.' },
  'machine-unknown': {
    status: 422,
    retry: false,
    text: 'There is no machine of this name in the catalogue.',
  },
  'machine-missing': {
    status: 503,
    retry: false,
    text: "The machine's disk image is not on this server. Tell the administrator.",
  },
  'machine-preparing': {
    status: 503,
    retry: false,
    text: 'This machine is still being prepared. Try again soon.',
  },
  'image-unsafe': {
    status: 503,
    retry: false,
    text: "The machine's disk image is not what the catalogue says. Tell the administrator.",
  },
  'flavor-not-offered': {
    status: 422,
    retry: false,
    text: 'This machine is not offered with these CPUs, memory or life-time.',
  },
  'too-many-sessions': {
    status: 429,
    retry: false,
    text: 'You have as many sessions as you may have. Stop one first.',
  },
  'service-full': { status: 503, retry: false, text: 'All places are taken at the moment. Try again later.' },
  'no-host': { status: 503, retry: false, text: 'No server is ready to start this machine. Try again soon.' },
  'bus-unavailable': { status: 503, retry: true, text: 'The service is restarting. Try again in a moment.' },
  'function-unavailable': {
    status: 503,
    retry: true,
    text: 'This part of the service is restarting. Try again in a moment.',
  },
  'timed-out': { status: 504, retry: true, text: 'This took too long and was given up.' },
  'no-room': {
    status: 507,
    retry: false,
    text: 'The server has no room left on its disk. Tell the administrator.',
  },
  'customize-failed': {
    status: 500,
    retry: false,
    text: "The machine's personalisation script failed, so the desktop was not started.",
  },
  'boot-failed': { status: 500, retry: false, text: 'The desktop could not be started.' },
  'guest-panicked': { status: 500, retry: false, text: 'The desktop crashed (its kernel stopped).' },
  'qemu-silent': {
    status: 500,
    retry: false,
    text: 'The desktop did not answer any more, and was ended.',
  },
  'out-of-memory': {
    status: 500,
    retry: false,
    text: "The desktop took more of the server's memory than it may, and was stopped. No other desktop is affected.",
  },
  'qemu-died': { status: 500, retry: false, text: 'The desktop stopped unexpectedly.' },
  'display-gone': { status: 410, retry: false, text: 'The display of this session is no longer there.' },
  'ticket-invalid': {
    status: 401,
    retry: false,
    text: 'This ticket is not valid: it is unknown, used, expired, or for another session.',
  },
  'origin-refused': { status: 403, retry: false, text: 'Displays can be opened from this site only.' },
  'set-up': { status: 500, retry: false, text: 'DARTS could not be set up on this server.' },
  'settings-wrong': { status: 500, retry: false, text: 'A setting is wrong.' },
  'given-up': {
    status: 500,
    retry: false,
    text: 'This was tried several times and given up. The administrator can see why.',
  },
  unreadable: {
    status: 500,
    retry: false,
    text: 'This was stored by another version of the service. Tell the administrator.',
  },
  internal: {
    status: 500,
    retry: true,
    text: 'Something went wrong in the service. The administrator can see what.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; text: string }>

export type ErrorCode = keyof typeof ERRORS

/** A failure with a code of the table. `message` is for the log; `text` is for the user. */
export class DartsError extends Error {
  override readonly name = 'DartsError'
  readonly code: ErrorCode
  readonly text: string

  constructor(code: ErrorCode, message?: string, options?: { cause?: unknown; text?: string }) {
    const { text = ERRORS[code].text, ...rest } = options ?? {}
    super(message ?? text, rest)
    this.code = code
    this.text = text
  }

  get status() {
    return ERRORS[this.code].status
  }

  get retry() {
    return ERRORS[this.code].retry
  }
}

/** Whatever was thrown, as a DartsError; what is not one of ours becomes `internal`. */
export function toDartsError(thrown: unknown): DartsError {
  if (thrown instanceof DartsError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new DartsError('internal', message, { cause: thrown })
}
