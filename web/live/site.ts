/**
 * The address of the site's root, told by each page relative to itself (`./` or `../`),
 * so that DARTS may sit under any path prefix.
 */
const root = new URL(
  document.querySelector<HTMLMetaElement>('meta[name=darts-root]')?.content ?? './',
  location.href,
)

/** An address of this site; `path` is relative to the root. */
export const at = (path: string) => new URL(path.replace(/^\/+/, ''), root).href

export const socketAt = (path: string) => at(path).replace(/^http/, 'ws')

export const pages = {
  home: at(''),
  session: (id: string) => at(`s/${id}`),
  admin: at('admin'),
  login: at('login'),
}

/** The id in the address of a session page. */
export const sessionIdHere = () => location.pathname.split('/').pop() ?? ''
