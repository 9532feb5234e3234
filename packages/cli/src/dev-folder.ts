import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { createKeyFile, type RootKey, readKeyFile, StartError } from '@strongroom/server'

/** Where `strongroom dev` keeps things. The root key stands outside the data folder: either is worthless by itself. */
export interface DevFolder {
  readonly data: string
  readonly rootKey: string
  /** What an application needs to call the vault, its secret included: mode 0600. */
  readonly credential: string
  /** The body of a token request, for curl to read, so that no secret stands in a command line: mode 0600. */
  readonly tokenRequest: string
  /** The certificate authority that clients are to trust. */
  readonly caCertificate: string
}

export interface DevCredential {
  readonly vaultUrl: string
  readonly authorityHost: string
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  /** PEM of the authority to trust. */
  readonly caCertificate: string
}

export function devFolder(folder: string): DevFolder {
  const shown = relative('', folder) || '.'
  const path = shown.startsWith('..') ? folder : shown
  return {
    data: join(path, 'data'),
    rootKey: join(path, 'keys', 'root.key'),
    credential: join(path, 'credential.json'),
    tokenRequest: join(path, 'token-request'),
    caCertificate: join(path, 'ca.pem'),
  }
}

/**
 * The root key of this folder, made at the first start.
 * @throws {StartError} the key is missing though there is data, or cannot be read
 */
export function rootKeyOf(folder: DevFolder): RootKey {
  if (existsSync(folder.rootKey) || existsSync(folder.data)) return readKeyFile(folder.rootKey)
  try {
    return createKeyFile(folder.rootKey)
  } catch (error) {
    throw new StartError(
      `the root key ${folder.rootKey} cannot be written (${(error as NodeJS.ErrnoException).code}): choose another folder with --folder`,
    )
  }
}

export function readCredential(path: string): DevCredential | undefined {
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** Replaces a file whole, so that a reader never finds half of it. */
export function writePrivate(path: string, text: string, mode = 0o600): void {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
  const fresh = `${path}.new`
  writeFileSync(fresh, text, { mode })
  renameSync(fresh, path)
}
