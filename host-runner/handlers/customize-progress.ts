/** What virt-customize prints before each of its steps, with how far it is then, in percent of the usual time. */
const STEPS: [RegExp, number, string][] = [
  [/^Examining the guest/, 5, 'Opening the disk'],
  [/^Setting a random seed/, 75, 'Preparing the machine'],
  [/^Running: /, 80, 'Running the personalisation script'],
  [/^Finishing off/, 95, 'Closing the disk'],
]

/** `[   0.0] Examining the guest ...` → how far it is; undefined for a line of the script. */
export function progressOf(line: string, script: string): { percent: number; text: string } | undefined {
  const step = /^\[\s*[0-9.]+\] (.*)$/.exec(line)?.[1]
  if (step === undefined) return undefined
  const known = STEPS.find(([start]) => start.test(step))
  return known ? { percent: known[1], text: known[2] } : { percent: 80, text: step.replace(script, 'script') }
}

/** Tells one after the other, so that they arrive in order. */
export function teller(tell: (percent: number, text: string) => Promise<unknown>) {
  let last: Promise<unknown> = Promise.resolve()
  return (percent: number, text: string) => {
    last = last.then(() => tell(percent, text))
  }
}
