import type { Me } from '../../config/contract/api.ts'
import { api } from '../live/api.ts'
import { pages } from '../live/site.ts'
import { words } from '../words.ts'
import { Mark } from './mark.tsx'

const logOut = () => api.logOut().finally(() => location.assign(pages.login))

const here = (page: string) => (location.href === page ? { 'aria-current': 'page' as const } : {})

export const SiteHeader = ({ me }: { me: Me | undefined }) => (
  <header class="site-header">
    <a class="skip" href="#content">
      {words.header.skip}
    </a>
    <div class="site-header-inner">
      <a class="brand" href={pages.home} aria-label={words.header.home}>
        <Mark />
        <span class="brand-name">{words.product}</span>
        <span class="brand-tagline">{words.tagline}</span>
      </a>
      {me && (
        <div class="who">
          {me.role === 'admin' && (
            <a class="button quiet small" href={pages.admin} {...here(pages.admin)}>
              {words.header.admin}
            </a>
          )}
          <span class="who-name">
            <span class="hidden">{words.header.loggedInAs} </span>
            {me.principal}
          </span>
          <button type="button" class="button quiet small" onClick={logOut}>
            {words.header.logOut}
          </button>
        </div>
      )}
    </div>
  </header>
)
