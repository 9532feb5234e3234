/** A client for the secrets of any Azure Key Vault or Strongroom vault. */
export { ClientSecretCredential, type ClientSecretCredentialOptions } from './auth/client-secret-credential.js'
export type { AccessToken, GetTokenOptions, TokenCredential } from './auth/token-credential.js'
export { AbortError } from './errors/abort-error.js'
export {
  ClientAuthenticationError,
  DeadlineExceededError,
  ForbiddenError,
  InvalidRequestError,
  isRestError,
  NetworkError,
  ResourceExistsError,
  ResourceNotFoundError,
  RestError,
  type RestErrorOptions,
  type RestErrorRequest,
  type RestErrorResponse,
  SecretBeingRecoveredError,
  SecretDeletedError,
  SecretDisabledError,
  ThrottledError,
} from './errors/rest-error.js'
export type { HttpHeaders } from './http/headers.js'
export type { HttpClient, HttpMethod, HttpRequest, HttpResponse, NodeAgent } from './http/message.js'
export type { Page, PagedAsyncIterableIterator, PageSettings } from './lists/paged.js'
export { type Logger, type LogWriter, logger } from './logger.js'
export type { DeletedSecret } from './models/deleted-secret.js'
export {
  buildKeyVaultSecretIdentifier,
  type KeyVaultSecretIdentifier,
  parseKeyVaultSecretIdentifier,
  sameKeyVaultSecretIdentifier,
  tryParseKeyVaultSecretIdentifier,
} from './models/identifier.js'
export { type KeyVaultSecret, keyVaultSecret, type SetSecretResult } from './models/key-vault-secret.js'
export {
  type ApiVersion,
  type ContentType,
  type DeletionRecoveryLevel,
  KnownApiVersions,
  KnownContentType,
  KnownDeletionRecoveryLevel,
} from './models/known-values.js'
export type { SecretProperties } from './models/secret-properties.js'
export type {
  AbortSignalLike,
  AdditionalPolicyConfig,
  BackupSecretOptions,
  BeginDeleteSecretOptions,
  BeginRecoverDeletedSecretOptions,
  CertificateAuthorities,
  FullOperationResponse,
  GetDeletedSecretOptions,
  GetSecretOptions,
  HookRequest,
  HookResponse,
  Hooks,
  ListDeletedSecretsOptions,
  ListPropertiesOfSecretsOptions,
  ListPropertiesOfSecretVersionsOptions,
  OperationOptions,
  OperationRequestOptions,
  OperationTracingOptions,
  PipelinePolicy,
  ProxySettings,
  PurgeDeletedSecretOptions,
  RawResponseCallback,
  RestoreSecretBackupOptions,
  RetryOptions,
  SecretClientOptions,
  SecretPollerOptions,
  SetSecretOptions,
  TlsSettings,
  TracingContext,
  UpdateSecretPropertiesOptions,
} from './options.js'
export { type PollerLike, PollerStoppedError, type PollOperationState, type SecretPoller } from './pollers/poller.js'
export { SecretClient, type VaultRequest } from './secret-client.js'
export { VERSION } from './version.js'
