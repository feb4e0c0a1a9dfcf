import type { MachineView } from '../../config/contract/api.ts'
import { at } from '../live/site.ts'

/** The machine's own picture, or a drawing of a desktop with a plot. */
export const MachinePicture = ({ machine }: { machine: MachineView }) => (
  <div class="machine-picture">
    {machine.picture ? <img src={at(machine.picture)} alt="" loading="lazy" /> : <Drawing />}
  </div>
)

const Drawing = () => (
  <svg class="drawing" viewBox="0 0 320 200" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
    <path class="drawing-wave" d="M0 150c60-40 100 20 160-10s90-60 160-30v90H0z" />
    <path class="drawing-wave far" d="M0 120c50-30 110 30 170 0s100-50 150-30v110H0z" />
    <g transform="translate(40 25) scale(0.75)">
      <rect class="drawing-window" x="52" y="36" width="150" height="104" rx="6" />
      <path class="drawing-bar" d="M52 52h150" />
      <path class="drawing-axis" d="M68 64v62h120" />
      <path class="drawing-plot" d="M68 118c16 0 20-44 34-44s16 40 30 40 14-24 26-24 14 26 30 26" />
      <rect class="drawing-window" x="180" y="92" width="96" height="64" rx="6" />
      <path class="drawing-bar" d="M180 106h96" />
      <path class="drawing-lines" d="M192 118h44M192 128h60M192 138h32" />
    </g>
  </svg>
)
