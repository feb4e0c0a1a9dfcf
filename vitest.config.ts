import { defineConfig } from 'vitest/config'

const project = (name: string, timeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    // Guests and servers are real: files one after the other, so that they do not starve each other.
    fileParallelism: name === 'unit',
    pool: 'forks' as const,
  },
})

export default defineConfig({
  test: {
    projects: [
      project('unit', 10_000),
      project('integration', 120_000),
      project('faults', 120_000),
      project('e2e', 600_000),
    ],
  },
})
