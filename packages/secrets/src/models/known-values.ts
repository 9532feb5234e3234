/** Media types that `outContentType` may name. */
export const KnownContentType = Object.freeze({
  PFX: 'application/x-pkcs12',
  PEM: 'application/x-pem-file',
} as const)
export type KnownContentType = (typeof KnownContentType)[keyof typeof KnownContentType]
/** A media type, see {@link KnownContentType}; a newer service may know more. */
export type ContentType = string

/** How long a deleted secret can be brought back, and whether it can be purged before. */
export const KnownDeletionRecoveryLevel = Object.freeze({
  Purgeable: 'Purgeable',
  RecoverablePurgeable: 'Recoverable+Purgeable',
  Recoverable: 'Recoverable',
  RecoverableProtectedSubscription: 'Recoverable+ProtectedSubscription',
  CustomizedRecoverablePurgeable: 'CustomizedRecoverable+Purgeable',
  CustomizedRecoverable: 'CustomizedRecoverable',
  CustomizedRecoverableProtectedSubscription: 'CustomizedRecoverable+ProtectedSubscription',
} as const)
export type KnownDeletionRecoveryLevel = (typeof KnownDeletionRecoveryLevel)[keyof typeof KnownDeletionRecoveryLevel]
/** A recovery level, see {@link KnownDeletionRecoveryLevel}; a newer service may know more. */
export type DeletionRecoveryLevel = string

/** The published versions of the secrets API. */
export const KnownApiVersions = Object.freeze({
  V20161001: '2016-10-01',
  V70: '7.0',
  V71: '7.1',
  V72: '7.2',
  V73: '7.3',
  V74: '7.4',
  V75: '7.5',
  V76: '7.6',
  V20250701: '2025-07-01',
  V20260401: '2026-04-01',
} as const)
/** An `api-version`: a known one, a preview such as `7.6-preview.2`, or a later date. */
export type ApiVersion = (typeof KnownApiVersions)[keyof typeof KnownApiVersions] | (string & {})
