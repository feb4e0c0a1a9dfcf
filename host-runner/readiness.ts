import type { Log } from '../config/log.ts'
import type { Machine } from '../config/machine.ts'
import { pingAgent } from './guest-agent.ts'
import { lineSplitter } from './lines.ts'
import { unlessAborted } from './promises.ts'
import type { Qmp } from './qmp.ts'
import type { SessionFiles } from './session-files.ts'
import { connectUnix } from './unix-socket.ts'

type Probe = Machine['ready'][number]

/** Resolves when every probe of the machine has passed. Rejects when the signal ends the waiting. */
export async function watchReadiness(
  qmp: Qmp,
  files: SessionFiles,
  probes: readonly Probe[],
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  const waitFor = {
    agent: () => agentAnswers(qmp, files.agent, signal, log),
    desktop: () => desktopDrawn(files.desktop, signal),
  } satisfies Record<Probe, () => Promise<void>>
  await Promise.all(
    probes.map(async probe => {
      await waitFor[probe]()
      log.info({ probe }, 'probe passed')
    }),
  )
}

/** The guest opens the agent's port, then the agent answers. Each opening is one try. */
async function agentAnswers(qmp: Qmp, path: string, signal: AbortSignal, log: Log): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const ask = () =>
    pingAgent(path, signal).then(resolve, err => signal.aborted || log.debug({ err }, 'no answer yet'))
  qmp.on('VSERPORT_CHANGE', ({ id, open }) => {
    if (id === 'port-agent' && open) ask()
  })
  type Chardev = { label: string; 'frontend-open': boolean }
  const chardevs = await qmp.execute<Chardev[]>('query-chardev')
  if (chardevs.some(({ label, 'frontend-open': open }) => label === 'agent' && open)) ask()
  await unlessAborted(promise, signal)
}

/** The guest writes a line when its desktop is drawn; its write waits until we listen, so none is lost. */
async function desktopDrawn(path: string, signal: AbortSignal): Promise<void> {
  const socket = await connectUnix(path)
  signal.addEventListener('abort', () => socket.destroy(), { once: true })
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.on(
    'data',
    lineSplitter(line => {
      if (line === 'desktop') resolve()
    }, 1000),
  )
  await unlessAborted(promise, signal)
}
