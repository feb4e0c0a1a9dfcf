import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build, type Metafile } from 'esbuild'

const here = import.meta.dirname

/** Each page: the template, its program, and where the site's root is seen from its address. */
const PAGES = [
  { file: 'index.html', template: 'index', entry: 'landing/main.tsx', root: './' },
  { file: 'session.html', template: 'session', entry: 'session/main.tsx', root: '../' },
  { file: 'login.html', template: 'login', entry: 'login/main.ts', root: './' },
  // The answer 401 below `/s/`, one folder deeper.
  { file: 's-login.html', template: 'login', entry: 'login/main.ts', root: '../' },
] as const

/** Bundles the pages into `outdir`, which is emptied first. Assets carry a hash of their content in their name. */
export async function buildWeb(outdir = path.join(here, 'dist')): Promise<void> {
  await rm(outdir, { recursive: true, force: true })
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: {
      landing: 'landing/main.tsx',
      session: 'session/main.tsx',
      login: 'login/main.ts',
    },
    outdir: path.join(outdir, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    format: 'esm',
    splitting: true,
    minify: true,
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx/dom',
    metafile: true,
    logLevel: 'warning',
  })
  await mkdir(outdir, { recursive: true })
  const nameOf = (output: string) => path.relative(outdir, path.resolve(here, output))
  await Promise.all(
    PAGES.map(async ({ file, template, entry, root }) => {
      const html = await readFile(path.join(here, 'pages', `${template}.html`), 'utf8')
      const bundle = bundleOf(metafile, entry)
      const preload = bundle.later.map(output => `<link rel="modulepreload" href="${root}${nameOf(output)}">`)
      const filled = html
        .replaceAll('{{root}}', root)
        .replace('{{js}}', nameOf(bundle.js))
        .replace('{{css}}', nameOf(bundle.css))
        .replace('{{preload}}', preload.join('\n    '))
      await writeFile(path.join(outdir, file), filled)
    }),
  )
  await writeFile(path.join(outdir, 'favicon.svg'), await readFile(path.join(here, 'pages/favicon.svg')))
}

function bundleOf({ outputs }: Metafile, entry: string) {
  const found = Object.entries(outputs).find(([, output]) => output.entryPoint === entry)
  if (!found?.[1].cssBundle) throw new Error(`${entry}: esbuild made no program with styles of it`)
  const [js, { cssBundle: css, imports }] = found
  const later = imports.filter(({ kind }) => kind === 'dynamic-import').map(({ path: output }) => output)
  return { js, css, later }
}

if (import.meta.main) await buildWeb()
