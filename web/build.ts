import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build, type Metafile } from 'esbuild'

const here = import.meta.dirname
const DAY = 86_400_000

/** Each page: the template, its program, and where the site's root is seen from its address. */
const PAGES = [
  { file: 'index.html', template: 'page', title: 'Machines', entry: 'landing/main.tsx', root: './' },
  { file: 'session.html', template: 'session', title: 'Session', entry: 'session/main.tsx', root: '../' },
  { file: 'admin.html', template: 'page', title: 'Administration', entry: 'admin/main.tsx', root: './' },
  { file: 'login.html', template: 'login', title: 'Log in', entry: 'login/main.ts', root: './' },
  // The answer 401 below `/s/`, one folder deeper.
  { file: 's-login.html', template: 'login', title: 'Log in', entry: 'login/main.ts', root: '../' },
] as const

/**
 * Bundles the pages into `outdir`. Assets carry a hash of their content in their name, and those of earlier
 * builds stay for a day, so that a running service may be built over.
 */
export async function buildWeb(outdir = path.join(here, 'dist')): Promise<void> {
  if (await isFresh(outdir)) return
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: {
      landing: 'landing/main.tsx',
      session: 'session/main.tsx',
      admin: 'admin/main.tsx',
      login: 'login/main.ts',
      favicon: 'pages/favicon.svg',
    },
    outdir: path.join(outdir, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    loader: { '.svg': 'copy' },
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
  const nameOf = (output: string) => path.relative(outdir, path.resolve(here, output))
  const icon = outputOf(metafile, 'pages/favicon.svg')[0]
  await Promise.all(
    PAGES.map(async ({ file, template, title, entry, root }) => {
      const [js, { cssBundle: css = '', imports }] = outputOf(metafile, entry)
      const html = await readFile(path.join(here, 'pages', `${template}.html`), 'utf8')
      const filled = html
        .replaceAll('{{root}}', root)
        .replace('{{title}}', title)
        .replace('{{icon}}', nameOf(icon))
        .replace('{{js}}', nameOf(js))
        .replace('{{css}}', nameOf(css))
        .replace(
          '{{preload}}',
          preload(imports, output => root + nameOf(output)),
        )
      await replaceFile(path.join(outdir, file), filled)
    }),
  )
  await removeOld(path.join(outdir, 'assets'), new Set(Object.keys(metafile.outputs).map(nameOf)))
}

/** The pages are younger than everything that they may be made of. */
async function isFresh(outdir: string): Promise<boolean> {
  const root = path.dirname(here)
  const sources = ['web', 'config'].map(folder =>
    readdir(path.join(root, folder), { recursive: true, withFileTypes: true }),
  )
  const files = (await Promise.all(sources))
    .flat()
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .filter(file => !file.startsWith(path.join(here, 'dist')))
  const changed = [path.join(root, 'package-lock.json'), ...files].map(
    async file => (await stat(file)).mtimeMs,
  )
  const built = PAGES.map(async ({ file }) => (await stat(path.join(outdir, file))).mtimeMs)
  try {
    return Math.min(...(await Promise.all(built))) > Math.max(...(await Promise.all(changed)))
  } catch {
    return false
  }
}

function outputOf({ outputs }: Metafile, entry: string) {
  const found = Object.entries(outputs).find(([, output]) => output.entryPoint === entry)
  if (!found) throw new Error(`esbuild made nothing of ${entry}`)
  return found
}

type Imports = Metafile['outputs'][string]['imports']

/** What a page loads later (noVNC) is fetched early, and run only when it is needed. */
const preload = (imports: Imports, address: (output: string) => string) =>
  imports
    .filter(({ kind }) => kind === 'dynamic-import')
    .map(({ path: output }) => `<link rel="modulepreload" href="${address(output)}">`)
    .join('\n    ')

/** Never half a page, also when two builds meet. */
async function replaceFile(file: string, text: string) {
  const draft = `${file}.${process.pid}`
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(draft, text)
  await rename(draft, file)
}

async function removeOld(folder: string, current: ReadonlySet<string>) {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name)
    if (current.has(`assets/${name}`)) continue
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > DAY) await rm(file, { force: true })
  }
}

if (import.meta.main) await buildWeb()
