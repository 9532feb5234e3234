import { secretNamePattern, versionIdPattern } from '@strongroom/protocol'
import type { SecretVersion, TagsJson, VersionId } from './secret.js'
import { SecretValue } from './secret-value.js'

/** A secret as a backup holds it: all versions with their values, ids, dates and tags. */
export interface SecretBackup {
  readonly name: string
  readonly current: VersionId
  readonly versions: readonly { version: SecretVersion; value: SecretValue }[]
}

const format = 'strongroom-secret-backup-1'

/** The bytes to seal. They hold clear values. */
export function encodeBackup({ name, current, versions }: SecretBackup): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      format,
      name,
      current,
      versions: versions.map(({ version: { name: _, ...version }, value }) => ({ ...version, value: value.reveal() })),
    }),
  )
}

/** `undefined` for bytes that hold no backup this Strongroom knows. */
export function decodeBackup(bytes: Uint8Array): SecretBackup | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
  const backup = JSON.parse(text) as { format: string; name: string; current: VersionId; versions: BackedUpVersion[] }
  if (backup.format !== format || !secretNamePattern.test(backup.name) || !versionIdPattern.test(backup.current)) {
    return undefined
  }
  if (!backup.versions.some(({ id }) => id === backup.current)) return undefined
  const versions = backup.versions.map(({ value, ...version }) => ({
    version: { ...absent, ...version, name: backup.name },
    value: new SecretValue(value),
  }))
  return { name: backup.name, current: backup.current, versions }
}

type BackedUpVersion = Omit<SecretVersion, 'name'> & { value: string; tags?: TagsJson }

const absent = {
  notBefore: undefined,
  expiresOn: undefined,
  contentType: undefined,
  tags: undefined,
  previous: undefined,
} satisfies Partial<SecretVersion>
