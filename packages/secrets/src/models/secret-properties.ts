import type { DeletionRecoveryLevel } from './known-values.js'

/** Everything about a version of a secret but its value. */
export interface SecretProperties {
  /** Scheme, host and, unless it is 443, port of the vault. */
  vaultUrl: string
  /** 32 hexadecimal digits. Absent in lists of secrets, whose entries stand for all versions. */
  version?: string
  name: string
  /** `https://HOST/secrets/NAME/VERSION`, without the version in lists of secrets. */
  id?: string
  /** What the value is, in the owner's words or as a media type; at most 255 characters. */
  contentType?: string
  /** The value of a disabled version cannot be read. */
  enabled?: boolean
  /** When use should begin. Informs, and keeps nobody from reading. */
  readonly notBefore?: Date
  /** When use should end. Informs, and keeps nobody from reading. */
  readonly expiresOn?: Date
  /** At most 15, of at most 512 characters each. */
  tags?: { [propertyName: string]: string }
  /** @deprecated Always absent; see {@link SecretProperties.certificateKeyId}. */
  readonly keyId?: never
  /** The key of the certificate that this secret backs, if it backs one. */
  readonly certificateKeyId?: string
  /** `true` if the secret backs a certificate and lives as long as that does. */
  readonly managed?: boolean
  /** When this version was made. */
  readonly createdOn?: Date
  /** When this version was last changed. */
  readonly updatedOn?: Date
  /** What remains possible after deletion, see `KnownDeletionRecoveryLevel`. */
  readonly recoveryLevel?: DeletionRecoveryLevel
  /** For how many days a deleted secret can be recovered: 7 to 90, or 0 without soft delete. */
  recoverableDays?: number
  /** The id of the version that this one replaced, where the service tells. Its absence means nothing. */
  readonly previousVersion?: string
}
