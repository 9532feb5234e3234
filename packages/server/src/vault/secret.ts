import { secretNamePattern, versionIdPattern } from '@strongroom/protocol'
import type { SecretValue } from './secret-value.js'
import { VaultError } from './vault-error.js'

/** Whole seconds since 1970, the protocol's unit of time. */
export type UnixSeconds = number

/** A name as the caller wrote it, and the upper-cased form by which names are one, found and listed. */
export interface SecretName {
  readonly text: string
  readonly key: string
}

/** 32 lower-case hexadecimal digits. */
export type VersionId = string & { readonly brand: 'VersionId' }

/** The tags of a version as a JSON object of strings: checked when they came, and handed on as they are. */
export type TagsJson = string & { readonly brand: 'TagsJson' }

/** What a caller may set on a version besides its value. */
export interface SecretAttributes {
  readonly enabled: boolean
  readonly notBefore: UnixSeconds | undefined
  readonly expiresOn: UnixSeconds | undefined
  readonly contentType: string | undefined
  readonly tags: TagsJson | undefined
}

/** One version of a secret, without its value. `name` is as the secret was first created. */
export interface SecretVersion extends SecretAttributes {
  readonly name: string
  readonly id: VersionId
  readonly createdOn: UnixSeconds
  readonly updatedOn: UnixSeconds
  /** The version that was current when this one was set; absent for a first version. */
  readonly previous: VersionId | undefined
}

export interface SecretWithValue {
  readonly version: SecretVersion
  readonly value: SecretValue
}

/** The current version of a secret, deleted. */
export interface DeletedSecret extends SecretVersion {
  readonly deletedOn: UnixSeconds
  readonly scheduledPurgeOn: UnixSeconds
}

/** Changes of a version: an absent member keeps what is there, `null` clears it. */
export interface SecretChanges {
  readonly enabled?: boolean
  readonly notBefore?: UnixSeconds | null
  readonly expiresOn?: UnixSeconds | null
  readonly contentType?: string | null
  readonly tags?: TagsJson | null
}

export function parseSecretName(text: string): SecretName {
  if (!secretNamePattern.test(text)) {
    throw new VaultError('BadParameter', `The request URI contains an invalid name: ${text}`)
  }
  return { text, key: text.toUpperCase() }
}

/** A version's id in either case of its digits; `undefined` for what cannot be one, and so names no version. */
export function parseVersionId(text: string): VersionId | undefined {
  const id = text.toLowerCase()
  return versionIdPattern.test(id) ? (id as VersionId) : undefined
}

/** The version as it is after the changes. `updatedOn` moves even if nothing else does. */
export function withChanges(version: SecretVersion, changes: SecretChanges, now: UnixSeconds): SecretVersion {
  const pick = <T>(change: T | null | undefined, kept: T | undefined) =>
    change === undefined ? kept : (change ?? undefined)
  return {
    ...version,
    enabled: changes.enabled ?? version.enabled,
    notBefore: pick(changes.notBefore, version.notBefore),
    expiresOn: pick(changes.expiresOn, version.expiresOn),
    contentType: pick(changes.contentType, version.contentType),
    tags: pick(changes.tags, version.tags),
    updatedOn: now,
  }
}
