/**
 * Every text of the pages, in one shape: another language is another object of this shape.
 * Numbers, durations and dates are written by Intl in `locale`.
 */
export const words = {
  locale: 'en-GB',
  product: 'DARTS',
  tagline: 'Scientific desktops, on demand',

  header: {
    home: 'DARTS, all machines',
    loggedInAs: 'Logged in as',
    logOut: 'Log out',
    skip: 'Skip to content',
    admin: 'Administration',
  },

  landing: {
    title: 'Machines · DARTS',
    heading: 'Choose a machine',
    lead: 'A full desktop opens in this tab. Nothing to install.',
    machines: 'Machines',
    none: 'There is no machine in the catalogue yet. Ask the administrator to add one.',
    loading: 'Loading the machines…',
    start: 'Start',
    starting: 'Starting…',
    startOf: (machine: string) => `Start ${machine}`,
    cpus: 'CPUs',
    memory: 'Memory',
    lifetime: 'Life-time',
    preparing: (percent?: number) =>
      percent === undefined ? 'being prepared' : `being prepared ${Math.round(percent)} %`,
    startsWarm: 'Starts at once',
    startsCold: 'Boots first: about a minute',
    missing: 'not available',
    missingText: "The machine's disk image is not on this server. Tell the administrator.",
  },

  host: {
    heading: 'Getting this server ready',
    lead: 'Only the first start takes a few minutes. A machine can be started as soon as it is ready.',
    failed: 'The set-up of this server has stopped',
    failedLead: 'The terminal where DARTS was started says more.',
    done: 'done',
    waiting: 'waiting',
  },

  sessions: {
    heading: 'My sessions',
    open: 'Open',
    stop: 'Stop',
    dismiss: 'Dismiss',
    started: (when: string) => `started ${when}`,
    left: (time: string) => `${time} left`,
    unknownMachine: 'Session',
  },

  admin: {
    title: 'Administration · DARTS',
    heading: 'Administration',
    lead: 'What runs here, as it changes.',
    services: 'Services',
    functions: 'Functions',
    sessions: 'Sessions of all users',
    noSessions: 'Nobody has a session.',
    states: {
      running: 'Running',
      starting: 'Starting',
      restarting: 'Restarting',
      failed: 'Failed',
      stopped: 'Stopped',
    },
    restarts: (count: number) =>
      count === 0 ? 'never restarted' : count === 1 ? '1 restart' : `${count} restarts`,
    calls: (count: number) => (count === 1 ? '1 call' : `${count} calls`),
    lastEnd: (how: string, when: string) => `Last ended ${how}, ${when}`,
    lastFailure: (text: string) => `Last failure: ${text}`,
    owner: (name: string) => `of ${name}`,
    stop: (machine: string, owner: string) => `Stop ${machine} of ${owner}`,
  },

  states: {
    requested: 'Finding a place',
    placed: 'Making your copy',
    overlaid: 'Personalising',
    customized: 'Starting the machine',
    booted: 'Almost ready',
    ready: 'Running',
    ending: 'Shutting down',
    ended: 'Ended',
    failed: 'Failed',
  },

  steps: {
    place: 'Finding a place',
    copy: 'Making your copy',
    wake: 'Waking a copy',
    personalise: 'Personalising',
    boot: 'Starting the machine',
    desktop: 'Waiting for the desktop',
    skipped: 'not needed',
    failed: 'stopped here',
  },

  session: {
    title: (machine: string, state: string) => `${state} · ${machine} · DARTS`,
    skip: 'Skip to the desktop',
    startingHeading: (machine: string) => `Starting ${machine}`,
    expectWarm: 'A copy of a running machine wakes up: about a second.',
    startedWarm: (time: string) => `Started in ${time}, as a copy of a running machine`,
    startedCold: (time: string) => `Started in ${time}`,
    expect: 'About a minute on a server without hardware virtualisation, much less with it.',
    elapsed: (time: string) => `${time} so far`,
    stillStarting: 'Still starting',
    stillStartingText: 'the desktop will be ready in a moment',
    reconnecting: 'Reconnecting…',
    connecting: 'Opening the display…',
    ending: 'Shutting down…',
    warned: (left: string) => `This session ends in ${left}. Save your work.`,
    trouble: { silent: 'The desktop does not answer', 'no-room': 'The desktop is paused' },
    troubleText: {
      silent: 'it is ended when it stays so',
      'no-room': 'the server’s disk is full; it goes on by itself when there is room',
    },
    dismiss: 'Got it',
    desktopLabel: (machine: string) => `Desktop of ${machine}. Press Ctrl+Alt+Home to leave it.`,
    leaveHint: 'Ctrl + Alt + Home leaves the desktop',
    liveLost: 'No connection to DARTS. Trying again…',
  },

  bar: {
    left: 'left',
    controls: 'Desktop controls',
    more: 'Controls',
    clipboard: 'Clipboard',
    keyboard: 'Keyboard',
    ctrlAltDel: 'Ctrl-Alt-Del',
    fit: 'Fit',
    fitResize: 'resize',
    fitScale: 'scale',
    fitResizeTitle: 'The desktop takes the size of this window. Click to scale its picture instead.',
    fitScaleTitle: 'The picture is scaled to this window. Click to resize the desktop instead.',
    fullScreen: 'Full screen',
    leaveFullScreen: 'Leave full screen',
    help: 'Help',
    stop: 'Stop',
  },

  clipboard: {
    heading: 'Clipboard',
    label: 'Text shared with the desktop',
    hint: 'What you copy in the desktop appears here. Write or paste here, then send it.',
    send: 'Send to the desktop',
    sent: 'Sent. Paste it in the desktop.',
    copy: 'Copy',
    copied: 'Copied to this computer.',
    automatic: 'Use this computer’s clipboard',
    automaticOn: 'This computer’s clipboard is shared while you work in the desktop.',
    automaticOff: 'The browser does not allow it. Paste into the field instead.',
  },

  help: {
    heading: 'Help',
    keys: [
      ['Ctrl + Alt + Home', 'Leave the desktop for these controls, and return to it'],
      ['Click in the desktop', 'Your keyboard works in the desktop'],
      ['Two fingers', 'Scroll and zoom on a touch screen; tap with two for the right button'],
    ],
    text: 'Closing this tab does not stop the session: find it again under “My sessions”.',
    credit: 'The display is shown by noVNC (MPL-2.0).',
    close: 'Close',
  },

  stop: {
    heading: (machine: string) => `Stop ${machine}?`,
    text: 'The desktop is shut down and everything in it that you have not saved elsewhere is gone.',
    confirm: 'Stop the session',
    cancel: 'Keep it running',
  },

  end: {
    ended: 'The session has ended',
    failed: 'The session has failed',
    stoppedAt: (step: string) => `It stopped at: ${step}`,
    again: 'Start again',
    back: 'Back to machines',
    missingHeading: 'There is no such session',
    missingText: 'The address is wrong, the session is long over, or it belongs to someone else.',
    unreadable: 'The session cannot be shown',
  },

  problem: {
    unreachable: 'DARTS cannot be reached. Check your network, then try again.',
    unreadable: 'DARTS gave an answer that this page does not understand. Reload the page.',
    advice: {
      'flavor-not-offered': 'Choose other values and start again.',
      'machine-unknown': 'Reload this page to see the machines as they are now.',
    } as Record<string, string>,
  },

  login: {
    wrong: 'This token is not valid. Copy it again from the terminal; it changes with each start of DARTS.',
    empty: 'Paste the token or the whole address first.',
    busy: 'Logging in…',
    submit: 'Log in',
  },

  time: {
    justNow: 'just now',
    today: (time: string) => `today at ${time}`,
    over: 'no time',
  },
}

export type Words = typeof words
