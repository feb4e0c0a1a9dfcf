/** A source of Debian packages: where from, and which keys sign it. */
export type Source = { uris: string; signedBy?: string }

/**
 * The host's own source of the release `codename`, out of files in apt's two formats. Backports come from the same
 * place, so that a host with a mirror of its own keeps to it.
 */
export function ownSource(files: string[], codename: string): Source | undefined {
  for (const text of files) {
    const found = fromParagraphs(text, codename) ?? fromLines(text, codename)
    if (found) return found
  }
  return undefined
}

/** `Types: deb` paragraphs of *.sources. */
function fromParagraphs(text: string, codename: string): Source | undefined {
  const plain = text.replace(/^#.*\n/gm, '')
  for (const paragraph of plain.split(/\n\s*\n/)) {
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.+)$`, 'mi').exec(paragraph)?.[1]?.trim()
    const uris = field('URIs')
    if (!uris || !field('Suites')?.split(/\s+/).includes(codename)) continue
    const signedBy = field('Signed-By')
    return { uris, ...(signedBy?.startsWith('/') && { signedBy }) }
  }
  return undefined
}

/** `deb [signed-by=…] URI suite component…` lines of *.list. */
function fromLines(text: string, codename: string): Source | undefined {
  for (const line of text.split('\n')) {
    const [, options = '', uris, suite] = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s/.exec(line.trim()) ?? []
    if (!uris || suite !== codename) continue
    const signedBy = /signed-by=(\S+)/.exec(options)?.[1]
    return { uris, ...(signedBy && { signedBy }) }
  }
  return undefined
}

export const backportsParagraph = ({ uris, signedBy }: Source, codename: string) =>
  [
    'Types: deb',
    `URIs: ${uris}`,
    `Suites: ${codename}-backports`,
    'Components: main',
    ...(signedBy ? [`Signed-By: ${signedBy}`] : []),
    '',
  ].join('\n')
