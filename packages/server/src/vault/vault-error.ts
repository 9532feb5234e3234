/** What the vault refuses, by kind. How each looks on the wire is the wire's business. */
export type VaultErrorCode =
  | 'BadParameter'
  | 'SecretNotFound'
  | 'DeletedSecretNotFound'
  | 'SecretDisabled'
  | 'SecretIsDeleted'
  | 'RestoreConflict'
  | 'MalformedBackup'
  | 'PurgeProtected'
  | 'SoftDeleteOff'
  | 'VaultExists'
  | 'VaultNotFound'

/** A refusal of the vault. The message is for people and never holds a value. */
export class VaultError extends Error {
  override readonly name = 'VaultError'
  readonly code: VaultErrorCode
  /** `NAME/VERSION`, where the wire's message shows its URL. */
  readonly subject: string | undefined
  constructor(code: VaultErrorCode, message: string, subject?: string) {
    super(message)
    this.code = code
    this.subject = subject
  }
}
