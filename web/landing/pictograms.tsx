/** A value of a choice as a picture, `share` (0 to 1) being how much of the largest it is. */
type Props = { value: number; share: number }

/** One square a CPU, up to sixteen. */
export const CpuPicture = ({ value }: Props) => {
  const columns = value <= 1 ? 1 : value <= 4 ? 2 : 4
  const rows = Math.min(4, Math.ceil(value / columns))
  const pitch = columns === 1 ? 9 : columns === 2 ? 6.5 : 4
  const left = 10 - (columns * pitch) / 2
  const top = 10 - (rows * pitch) / 2
  const cells = Array.from({ length: Math.min(value, columns * rows) }, (_, n) => n)
  return (
    <svg class="pictogram" viewBox="0 0 20 20" aria-hidden="true">
      <rect class="pictogram-frame" x="1" y="1" width="18" height="18" rx="3" />
      {cells.map(n => (
        <rect
          key={n}
          class="pictogram-fill"
          x={left + (n % columns) * pitch + 0.5}
          y={top + Math.floor(n / columns) * pitch + 0.5}
          width={pitch - 1}
          height={pitch - 1}
          rx="1"
        />
      ))}
    </svg>
  )
}

/** A module of memory, filled to its share. */
export const MemoryPicture = ({ share }: Props) => (
  <svg class="pictogram" viewBox="0 0 20 20" aria-hidden="true">
    <rect class="pictogram-frame" x="4.5" y="1" width="11" height="18" rx="2.5" />
    <rect class="pictogram-fill" x="6.5" y={17 - 14 * share} width="7" height={14 * share} rx="1" />
  </svg>
)

/** A dial, filled to its share. */
export const TimePicture = ({ share }: Props) => {
  const angle = Math.min(share, 0.999) * 2 * Math.PI
  const [x, y] = [10 + 6.5 * Math.sin(angle), 10 - 6.5 * Math.cos(angle)]
  return (
    <svg class="pictogram" viewBox="0 0 20 20" aria-hidden="true">
      <circle class="pictogram-frame" cx="10" cy="10" r="9" />
      <path
        class="pictogram-fill"
        d={`M10 10V3.5A6.5 6.5 0 ${share > 0.5 ? 1 : 0} 1 ${x.toFixed(2)} ${y.toFixed(2)}z`}
      />
    </svg>
  )
}
