import type { VersionId } from './secret.js'
import type { SecretValue } from './secret-value.js'

/** Where a sealed value belongs. It opens nowhere else. */
export interface ValuePlace {
  readonly vault: string
  readonly nameKey: string
  readonly version: VersionId
}

/** What the vault asks of sealing. */
export interface ValueSealing {
  seal(place: ValuePlace, value: SecretValue): Uint8Array
  /** @throws if the bytes were changed, or sealed for another place or under another key */
  open(place: ValuePlace, sealed: Uint8Array): SecretValue
  /** Seals a secret's backup, so that every vault under the same root key can restore it. */
  sealBackup(backup: Uint8Array): Uint8Array
  /** `undefined` if this is no backup, was changed, or comes from under another root key. */
  openBackup(sealed: Uint8Array): Uint8Array | undefined
}
