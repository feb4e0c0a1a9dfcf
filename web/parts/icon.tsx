const PATHS = {
  alert: 'M12 4 2.8 20h18.4zM12 10v4.5M12 17.5v.2',
  arrow: 'M5 12h14M13 6l6 6-6 6',
  back: 'M19 12H5M11 6l-6 6 6 6',
  bolt: 'M13 3 5.5 13.5H12l-1 7.5 7.5-10.5H12z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  clipboard: 'M9 5H6v15h12V5h-3M9 3.5h6v3H9zM9 11h6M9 15h4',
  clock: 'M12 7.5V12l3 2M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z',
  close: 'm6 6 12 12M18 6 6 18',
  expand: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  fit: 'M4 5h16v11H4zM9 20h6M12 16v4',
  help: 'M9.2 9.2a2.8 2.8 0 1 1 4.2 2.5c-1 .6-1.4 1.1-1.4 2.3M12 17v.2M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z',
  keyboard: 'M3 7h18v10H3zM7 10.5h.1M10.3 10.5h.1M13.6 10.5h.1M17 10.5h.1M8 14h8',
  keys: 'M4 6h6v5H4zM14 6h6v5h-6zM7 15h10v4H7z',
  more: 'M5 12h.1M12 12h.1M19 12h.1',
  shrink: 'M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5',
  stop: 'M12 3.5V11M7.5 6.2a7.5 7.5 0 1 0 9 0',
} as const

export type IconName = keyof typeof PATHS

/** Decoration beside words, so never read aloud. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
)
