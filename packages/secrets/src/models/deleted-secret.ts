import type { SecretProperties } from './secret-properties.js'

/** A deleted secret, which can be recovered until it is purged. */
export interface DeletedSecret {
  properties: SecretProperties & {
    /** @deprecated See {@link DeletedSecret.recoveryId}. */
    recoveryId?: string
    /** @deprecated See {@link DeletedSecret.scheduledPurgeDate}. */
    scheduledPurgeDate?: Date
    /** @deprecated See {@link DeletedSecret.deletedOn}. */
    deletedOn?: Date
  }
  /** Always absent: the service tells no value of a deleted secret. */
  value?: string
  name: string
  /** `https://HOST/secrets/NAME/VERSION`, without the version in lists. */
  id?: string
  /** `https://HOST/deletedsecrets/NAME`; absent in a vault without soft delete. */
  recoveryId?: string
  /** When the vault will purge the secret by itself. */
  scheduledPurgeDate?: Date
  deletedOn?: Date
}
