/** A bar; without a percentage it shows that something goes on, but not how far it is. */
export const ProgressBar = ({ label, percent }: { label: string; percent: number | undefined }) =>
  percent === undefined ? (
    <progress class="progress" aria-label={label} />
  ) : (
    <progress class="progress" aria-label={label} max={100} value={Math.round(percent)} />
  )
