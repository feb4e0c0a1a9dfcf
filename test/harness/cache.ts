import { join } from 'node:path'

/** Outlives the tests and the clone: what takes minutes is made once. */
export const CACHE = process.env.DARTS_TEST_CACHE ?? '/var/cache/darts-test'

/** Machine images built by their recipes; a service under test is started with `DARTS_IMAGES` set to it. */
export const IMAGES = join(CACHE, 'images')

/** Frozen machines; what they are made of stands in their digest, so that an old one is never taken for a new one. */
export const TEMPLATES = join(CACHE, 'templates')
