import { environmentName, type Settings } from '../../config/settings.ts'

const KEPT = ['LANG', 'TZ', 'NODE_EXTRA_CA_CERTS', 'http_proxy', 'https_proxy', 'no_proxy']

/** Only what the services need: the settings as they were read, and how to find programs. */
export function environment(settings: Settings, own: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...Object.fromEntries(KEPT.flatMap(name => (own[name] ? [[name, own[name]]] : []))),
    ...Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [environmentName(key), String(value)]),
    ),
  }
}
