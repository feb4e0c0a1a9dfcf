export const APT_ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive', APT_LISTCHANGES_FRONTEND: 'none' }

/** Another apt may be at work: wait for it. Progress comes as lines on stdout, see `aptProgress`. */
const OPTIONS = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'APT::Status-Fd=1', '-q', '-y']

export const aptUpdate = (): string[] => ['apt-get', ...OPTIONS, 'update']

export const aptInstall = (packages: string[], release?: string): string[] => [
  'apt-get',
  ...OPTIONS,
  'install',
  '--no-install-recommends',
  ...(release ? ['-t', release] : []),
  ...packages,
]

/** Downloads a package into the working directory. */
export const aptDownload = (name: string): string[] => ['apt-get', '-q', 'download', name]

/** `<name> <status> <version>` a line, for those that dpkg has heard of. */
export const dpkgStatus = (packages: string[]): string[] => [
  'dpkg-query',
  '-W',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  '-f=${Package} ${db:Status-Status} ${Version}\\n',
  ...packages,
]

/** Download counts for the first half, unpacking and configuring for the second. */
export function aptProgress(line: string): { percent: number; text: string } | undefined {
  const [, kind, percent, text] = /^(dlstatus|pmstatus):[^:]*:([0-9.]+):(.*)$/.exec(line) ?? []
  if (kind === undefined) return undefined
  const half = Number(percent) / 2
  return { percent: kind === 'dlstatus' ? half : 50 + half, text: text?.trim() ?? '' }
}
