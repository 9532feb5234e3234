import { isLoopback } from './loopback.js'

/**
 * Reads the URL of a vault and returns its origin: scheme, host and, unless it is the default, port.
 * @throws {TypeError} if it is not `https`, or holds anything but an origin. Plain `http` passes for loopback hosts if
 * the caller allows it.
 */
export function parseVaultUrl(text: string, allowInsecureConnection: boolean): string {
  if (typeof text !== 'string' || text.trim() === '') throw new TypeError('vaultUrl must be the URL of a vault')
  const url = parseStrictly(text.trim())
  if (url === undefined || url.pathname.replace(/\/+$/, '') !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('vaultUrl must be the URL of a vault and nothing more, such as https://NAME.vault.azure.net')
  }
  if (url.protocol === 'https:') return url.origin
  if (url.protocol !== 'http:') throw new TypeError('vaultUrl must start with https://')
  if (!isLoopback(url.hostname))
    throw new TypeError('vaultUrl must start with https://: tokens never travel unencrypted')
  if (allowInsecureConnection) return url.origin
  throw new TypeError('vaultUrl must start with https://, or the option allowInsecureConnection allow http on loopback')
}

/**
 * Reads an absolute URL without the leniency of `new URL`. In `https://vault.example\@evil.example`, programs disagree
 * about the host, so such texts are none.
 */
export function parseStrictly(text: string): URL | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: URL parsers drop them silently
  if (!/^https?:\/\/[^/\\@?#]+([/?#]|$)/i.test(text) || /[\s\\\u0000-\u001f]/.test(text)) return undefined
  return URL.canParse(text) ? new URL(text) : undefined
}

/** A further URL of the same vault, as a server names it in `nextLink` or `Location`; `undefined` if it leads elsewhere. */
export function onSameOrigin(link: string, origin: string): URL | undefined {
  const url = link.startsWith('/') && !link.startsWith('//') ? parseStrictly(origin + link) : parseStrictly(link)
  return url?.origin === origin ? url : undefined
}
