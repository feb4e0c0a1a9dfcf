/** The product's mark: a storage ring, and the beam that leaves it along a tangent. */
export const Mark = () => (
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <circle class="mark-ring" cx="13" cy="19" r="9" />
    <path class="mark-beam" d="M13 10h15M24 6l4.5 4L24 14" />
    <circle class="mark-core" cx="13" cy="19" r="3" />
  </svg>
)
