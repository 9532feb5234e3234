import { secretIdentifier, secretNamePattern, tryParseSecretIdentifier } from '@strongroom/protocol'

/** The parts of the id of a secret, of one of its versions, or of a deleted secret. */
export interface KeyVaultSecretIdentifier {
  /** The id as it was given. */
  sourceId: string
  /** Scheme, host and, unless it is the default, port of the vault. */
  vaultUrl: string
  /** Absent if the id names no version. */
  version?: string
  name: string
}

/**
 * Takes the id of a secret apart.
 * @param id - `https://HOST/secrets/NAME`, `…/NAME/VERSION` or `https://HOST/deletedsecrets/NAME`
 * @throws {TypeError} if it is none of these, such as the id of a key or of a certificate
 */
export function parseKeyVaultSecretIdentifier(id: string): KeyVaultSecretIdentifier {
  const identifier = tryParseKeyVaultSecretIdentifier(id)
  if (identifier !== undefined) return identifier
  throw new TypeError(
    'not the id of a secret: it must have the form https://HOST/secrets/NAME or https://HOST/secrets/NAME/VERSION',
  )
}

/** As {@link parseKeyVaultSecretIdentifier}, with `undefined` in place of an error. */
export function tryParseKeyVaultSecretIdentifier(id: string): KeyVaultSecretIdentifier | undefined {
  if (typeof id !== 'string') return undefined
  const parsed = tryParseSecretIdentifier(id)
  if (parsed === undefined) return undefined
  const { vaultUrl, name, version } = parsed
  return { sourceId: id, vaultUrl, name, ...(version !== undefined && { version }) }
}

/**
 * Puts the id of a secret together.
 * @throws {TypeError} if the URL or the name is none
 */
export function buildKeyVaultSecretIdentifier(parts: {
  vaultUrl: string
  name: string
  version?: string | undefined
}): string {
  const { vaultUrl, name, version } = parts
  if (!URL.canParse(vaultUrl)) throw new TypeError('vaultUrl must be the URL of a vault')
  if (!secretNamePattern.test(name)) throw new TypeError('name must have 1 to 127 letters, digits and hyphens')
  return secretIdentifier(new URL(vaultUrl).origin, name, version || undefined)
}

/** Whether two ids mean the same, whatever the case of host and name and however a default port is written. */
export function sameKeyVaultSecretIdentifier(one: string, other: string): boolean {
  const [a, b] = [one, other].map((id) => tryParseSecretIdentifier(id))
  if (a === undefined || b === undefined) return false
  const key = ({ vaultUrl, collection, name, version }: typeof a) =>
    [vaultUrl, collection, name, version ?? ''].join('/').toLowerCase()
  return key(a) === key(b)
}
