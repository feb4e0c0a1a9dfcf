import type { FunctionContext, Message } from 'darts/functions/runtime/function.ts'

/** Tells how long ago the command was published, in nanoseconds: the clock is the same for every process. */
export async function handle({ envelope }: Message, { bus }: FunctionContext) {
  const taken = process.hrtime.bigint() - BigInt(String(envelope.data.at))
  bus.nc.publish('darts.cmd._bench.ours.entered', String(taken))
}
