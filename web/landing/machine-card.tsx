import { useState } from 'hono/jsx/dom'
import type { MachineView } from '../../config/contract/api.ts'
import { type Problem, toProblem } from '../live/problem.ts'
import { startSession } from '../live/start-session.ts'
import { lifetime as lifetimeText, memory as memoryText } from '../model/format.ts'
import { Icon } from '../parts/icon.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { words } from '../words.ts'
import { ChoiceRow } from './choice-row.tsx'
import { MachinePicture } from './machine-picture.tsx'
import { CpuPicture, MemoryPicture, TimePicture } from './pictograms.tsx'

export const MachineCard = ({ machine }: { machine: MachineView }) => {
  const { name, title, description, status } = machine
  const [cpus, setCpus] = useState(machine.cpus.default)
  const [memory, setMemory] = useState(machine.memory.default)
  const [lifetime, setLifetime] = useState(machine.lifetime.default)
  const [isStarting, setStarting] = useState(false)
  const [problem, setProblem] = useState<Problem | undefined>(undefined)

  const start = async () => {
    setStarting(true)
    setProblem(undefined)
    try {
      await startSession({ machine: name, cpus, memory, lifetime })
    } catch (thrown) {
      setProblem(toProblem(thrown))
      setStarting(false)
    }
  }

  return (
    <article class="machine" aria-labelledby={`machine-${name}`}>
      <MachinePicture machine={machine} />
      <div class="machine-body">
        <h2 id={`machine-${name}`}>{title}</h2>
        <p class="machine-description">{description}</p>
        {status.state !== 'missing' && (
          <div class="choices">
            <ChoiceRow
              name={`${name}-cpus`}
              legend={words.landing.cpus}
              choices={machine.cpus.choices}
              value={cpus}
              format={String}
              picture={CpuPicture}
              onChoose={setCpus}
            />
            <ChoiceRow
              name={`${name}-memory`}
              legend={words.landing.memory}
              choices={machine.memory.choices}
              value={memory}
              format={memoryText}
              picture={MemoryPicture}
              onChoose={setMemory}
            />
            <ChoiceRow
              name={`${name}-lifetime`}
              legend={words.landing.lifetime}
              choices={machine.lifetime.choices}
              value={lifetime}
              format={lifetimeText}
              picture={TimePicture}
              onChoose={setLifetime}
            />
          </div>
        )}
        <div class="machine-start">
          {status.state === 'ready' ? (
            <Expectation isWarm={machine.warm.some(one => one.cpus === cpus && one.memory === memory)} />
          ) : (
            <Status status={status} />
          )}
          <button
            type="button"
            class="button primary"
            disabled={isStarting || status.state !== 'ready'}
            aria-label={words.landing.startOf(title)}
            onClick={start}
          >
            {isStarting ? words.landing.starting : words.landing.start}
            <Icon name="arrow" />
          </button>
        </div>
        {problem && <ProblemNote problem={problem} />}
      </div>
    </article>
  )
}

/** Whether a copy of these CPUs and memory is kept booted. */
const Expectation = ({ isWarm }: { isWarm: boolean }) => (
  <p class={isWarm ? 'machine-expect warm' : 'machine-expect'}>
    <Icon name={isWarm ? 'bolt' : 'clock'} />
    {isWarm ? words.landing.startsWarm : words.landing.startsCold}
  </p>
)

const Status = ({ status }: { status: MachineView['status'] }) =>
  status.state === 'missing' ? (
    <p class="machine-status bad">
      <Icon name="alert" />
      {status.text ?? words.landing.missingText}
    </p>
  ) : (
    <div class="machine-status">
      <p>{words.landing.preparing(status.percent)}</p>
      <ProgressBar label={words.landing.preparing()} percent={status.percent} />
      {status.text && <p class="muted">{status.text}</p>}
    </div>
  )
