import { registerHooks } from 'node:module'

const ROOT = new URL('../../', import.meta.url)

/**
 * A site's function lies outside of DARTS and brings no packages: it finds those of DARTS by their names, and the
 * contracts as `darts/config/…` and `darts/functions/runtime/…`.
 */
export function shareModules(): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith('darts/'))
        return next(new URL(specifier.slice('darts/'.length), ROOT).href, context)
      const bare = /^[@a-z]/.test(specifier) && !specifier.includes(':')
      return next(specifier, bare ? { ...context, parentURL: import.meta.url } : context)
    },
  })
}
