import { DeliverPolicy } from '@nats-io/jetstream'
import * as v from 'valibot'
import type { Bus } from '../../config/bus/connect.ts'
import { readStream } from '../../config/bus/read-stream.ts'
import { parseEnvelope } from '../../config/contract/envelope.ts'
import { HostProgress } from '../../config/contract/facts.ts'
import { subjects } from '../../config/contract/subjects.ts'

/** Shows in the terminal how far the set-up of this host is, as the page does. */
export async function showProgress(bus: Bus, host: string, out: NodeJS.WriteStream): Promise<void> {
  const news = { filter_subjects: subjects.hostStep(host, '*'), deliver_policy: DeliverPolicy.New }
  const shown = new Map<string, string>()
  for await (const message of readStream(bus, 'EVENTS', news)) {
    const result = v.safeParse(HostProgress, parseEnvelope(message.data).data)
    if (!result.success) continue
    const { step, title, state, percent, text } = result.output
    const tens = out.isTTY ? percent : Math.floor(percent / 10) * 10
    const line =
      state === 'running'
        ? `${title}: ${tens} %`
        : `${title}: ${state === 'done' ? 'done' : `failed: ${text}`}`
    if (shown.get(step) === line || (state === 'done' && !shown.has(step))) continue
    const over = out.isTTY && shown.has(step) && [...shown.keys()].at(-1) === step
    shown.delete(step)
    shown.set(step, line)
    out.write(over ? `\x1b[1A\x1b[2K${line}\n` : `${line}\n`)
  }
}
