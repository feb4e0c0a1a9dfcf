/** The product's mark: a beam that meets its sample amid rings of diffraction, or a dart its board. */
export const Mark = () => (
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <circle class="mark-ring" cx="15" cy="17" r="7" />
    <path class="mark-ring" d="M20.2 5.1a13 13 0 1 0 6.8 6.8" />
    <path class="mark-beam" d="M15 17 29 3" />
    <circle class="mark-core" cx="15" cy="17" r="2.6" />
  </svg>
)
