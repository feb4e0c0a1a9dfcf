import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildWeb } from '../../../web/build.ts'

const PAGES = ['index.html', 'admin.html', 'login.html', 's-login.html', 'session.html']
let outdir: string
let pages: string[]

beforeAll(async () => {
  outdir = await mkdtemp(path.join(tmpdir(), 'darts-web-'))
  await buildWeb(outdir)
  pages = await Promise.all(PAGES.map(name => readFile(path.join(outdir, name), 'utf8')))
})
afterAll(() => rm(outdir, { recursive: true }))

test('pages have nothing that a strict content security policy forbids', () => {
  for (const html of pages) {
    expect(html).not.toMatch(/<style|style=|\son[a-z]+=|javascript:|https?:\/\/(?!127\.0\.0\.1)/)
    for (const [script] of html.matchAll(/<script[^>]*>/g)) expect(script).toContain('src=')
  }
})

test('every address of a page is relative and leads to a file of the build', async () => {
  const files = new Set(await readdir(path.join(outdir, 'assets')))
  for (const html of pages) {
    expect(html).not.toContain('{{')
    const root = /name="darts-root" content="([^"]+)"/.exec(html)?.[1] ?? '?'
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '')
    expect(addresses.length).toBeGreaterThanOrEqual(3)
    for (const address of addresses) {
      expect(address.startsWith(`${root}assets/`), address).toBe(true)
      expect(files).toContain(address.slice(`${root}assets/`.length))
    }
  }
})

test('a second build gives the same names, so browsers keep what did not change', async () => {
  const before = await readdir(path.join(outdir, 'assets'))
  await buildWeb(outdir)
  expect(await readdir(path.join(outdir, 'assets'))).toEqual(before)
})
