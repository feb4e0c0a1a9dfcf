/**
 * Every subject is built and read here.
 *
 *   darts.cmd.<principal>.<session>.<verb>   commands; the permissions of NATS tie <principal> to who publishes
 *   darts.run.<host>.<session>.<step>        the steps of a session, for the host-runner of one host
 *   darts.run.<host>.<template>.<task>       build or remove a template there
 *   darts.evt.<owner>.<session>.<fact>       facts of a session; <owner> hears its own
 *   darts.evt._host.<host>.<step>            how far the set-up of a host is
 *   darts.evt._system.<session>.buried       a message about it went to the dead letters
 *   darts.evt._system.<service>.died         a process of DARTS has ended unexpectedly
 *   darts.dead.<stream>.<session>            what could not be handled, with its reason
 */
export const VERBS = ['create', 'stop'] as const
export type Verb = (typeof VERBS)[number]

export const STEPS = ['create-overlay', 'customize', 'boot', 'restore', 'clean'] as const
export type Step = (typeof STEPS)[number]

export const TEMPLATE_TASKS = ['build-template', 'remove-template'] as const
export type TemplateTask = (typeof TEMPLATE_TASKS)[number]

export const subjects = {
  command: (principal: string, session: string, verb: Verb) => `darts.cmd.${principal}.${session}.${verb}`,
  step: (host: string, session: string, step: Step) => `darts.run.${host}.${session}.${step}`,
  templateTask: (host: string, template: string, task: TemplateTask) =>
    `darts.run.${host}.${template}.${task}`,
  fact: (owner: string, session: string, fact: string) => `darts.evt.${owner}.${session}.${fact}`,
  hostStep: (host: string, step: string) => `darts.evt._host.${host}.${step}`,
  buried: (session: string) => `darts.evt._system.${session}.buried`,
  serviceDied: (service: string) => `darts.evt._system.${service}.died`,
  dead: (stream: string, session: string) => `darts.dead.${stream}.${session}`,

  commandsOf: (verb: Verb) => `darts.cmd.*.*.${verb}`,
  stepsOf: (host: string) => `darts.run.${host}.*.*`,
  factsOf: (owner: string, session = '*') => `darts.evt.${owner}.${session}.*`,
  hostSteps: 'darts.evt._host.*.*',
  allFacts: 'darts.evt.>',

  /** The server's own word that a message of a stream was delivered as often as it may be, and never answered. */
  deliveredTooOften: (stream: string) => `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${stream}.*`,
} as const

/** The tokens of a command's, step's or fact's subject. */
export function readSubject(subject: string): { who: string; session: string; what: string } {
  const [, , who = '', session = '', what = ''] = subject.split('.')
  return { who, session, what }
}
