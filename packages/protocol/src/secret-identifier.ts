/** The parts of a secret's URL. */
export interface SecretIdentifier {
  /** Scheme, host and, unless it is 443, port: `https://dev.vault.localhost:8443`. */
  vaultUrl: string
  collection: 'secrets' | 'deletedsecrets'
  name: string
  version?: string
}

/**
 * Reads the URL of a secret, of a version of one, or of a deleted secret. Empty path segments do not count, nor does the
 * case of host and collection. `undefined` if the text is no such URL.
 */
export function tryParseSecretIdentifier(text: string): SecretIdentifier | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if ((url.protocol !== 'https:' && url.protocol !== 'http:') || url.username !== '' || url.password !== '') {
    return undefined
  }
  const [collection, name, version, ...more] = url.pathname.split('/').filter((segment) => segment !== '')
  const kind = collection?.toLowerCase()
  if ((kind !== 'secrets' && kind !== 'deletedsecrets') || name === undefined || more.length > 0) return undefined
  const identifier = { vaultUrl: url.origin, collection: kind, name } as const
  return version === undefined ? identifier : { ...identifier, version }
}

/** The URL of a secret, or of one version of it. */
export function secretIdentifier(vaultUrl: string, name: string, version?: string): string {
  return version === undefined ? `${vaultUrl}/secrets/${name}` : `${vaultUrl}/secrets/${name}/${version}`
}
