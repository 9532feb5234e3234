/**
 * The JSON bodies of the secrets API. Times are Unix seconds. A member that has no value is absent, never `null`, in
 * every answer but one: `nextLink` of a list's last page.
 * @see https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups
 */

/** How long a deleted secret can be brought back, and whether it can be purged before. */
export type DeletionRecoveryLevel =
  | 'Purgeable'
  | 'Recoverable+Purgeable'
  | 'Recoverable'
  | 'Recoverable+ProtectedSubscription'
  | 'CustomizedRecoverable+Purgeable'
  | 'CustomizedRecoverable'
  | 'CustomizedRecoverable+ProtectedSubscription'

export interface SecretAttributesBody {
  enabled?: boolean
  nbf?: number
  exp?: number
  created?: number
  updated?: number
  recoveryLevel?: DeletionRecoveryLevel
  /** From api-version 7.1 on. 0 in a vault without soft delete. */
  recoverableDays?: number
}

export interface SecretBundle {
  /** In answers to set and get only. */
  value?: string
  contentType?: string
  /** `https://HOST/secrets/NAME/VERSION` */
  id: string
  /** `true` for a secret that backs a certificate; otherwise absent. */
  managed?: boolean
  attributes: SecretAttributesBody
  tags?: Record<string, string>
  /** URL of the key version of a secret that backs a certificate. */
  kid?: string
  /** From api-version 2025-07-01 on: the id of the version that this one replaced. */
  previousVersion?: string
}

export interface DeletedSecretBundle extends SecretBundle {
  /** `https://HOST/deletedsecrets/NAME`; absent in a vault without soft delete, as are the two dates. */
  recoveryId?: string
  deletedDate?: number
  scheduledPurgeDate?: number
}

/** One entry of a list. `id` carries the version in a list of versions, and none in a list of secrets. */
export interface SecretItem {
  contentType?: string
  id: string
  managed?: boolean
  attributes: SecretAttributesBody
  tags?: Record<string, string>
}

export interface DeletedSecretItem extends SecretItem {
  recoveryId?: string
  deletedDate?: number
  scheduledPurgeDate?: number
}

export interface ListResult<Item> {
  value: Item[]
  /** `null` on the last page. A page may be empty and yet have a next one. */
  nextLink: string | null
}

export interface SecretSetParameters {
  value: string
  contentType?: string | null
  tags?: Record<string, string> | null
  attributes?: { enabled?: boolean | null; nbf?: number | null; exp?: number | null } | null
}

/** An absent member keeps what is stored; `null` clears it (`enabled` and `attributes`: keeps). */
export interface SecretUpdateParameters {
  contentType?: string | null
  tags?: Record<string, string> | null
  attributes?: { enabled?: boolean | null; nbf?: number | null; exp?: number | null } | null
}

/** Answer of a backup, and body of a restore: an opaque blob, base64url without padding. */
export interface BackupSecretResult {
  value: string
}

/** The media types that `outContentType` may name. */
export const contentTypes = Object.freeze({ pfx: 'application/x-pkcs12', pem: 'application/x-pem-file' })
