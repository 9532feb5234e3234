// @ts-nocheck: compiled by published.test.ts, beside the official package; that run removes this line.
/** Compiles if our declarations can take the place of those of `@azure/keyvault-secrets`. */
import type { TokenCredential } from '@azure/core-auth'
import type * as official from '@azure/keyvault-secrets'
import * as ours from '@strongroom/secrets'

/** Holds if every `Given` is a `Wanted`. */
type Is<Given extends Wanted, Wanted> = [Given, Wanted]
type Members<T> = { [K in keyof T]: T[K] }

export type Exports = Is<keyof typeof official, keyof typeof ours>

export type OptionsAreTaken = [
  Is<official.SecretClientOptions, ours.SecretClientOptions>,
  Is<official.SetSecretOptions, ours.SetSecretOptions>,
  Is<official.GetSecretOptions, ours.GetSecretOptions>,
  Is<official.UpdateSecretPropertiesOptions, ours.UpdateSecretPropertiesOptions>,
  Is<official.GetDeletedSecretOptions, ours.GetDeletedSecretOptions>,
  Is<official.PurgeDeletedSecretOptions, ours.PurgeDeletedSecretOptions>,
  Is<official.BackupSecretOptions, ours.BackupSecretOptions>,
  Is<official.RestoreSecretBackupOptions, ours.RestoreSecretBackupOptions>,
  Is<official.ListPropertiesOfSecretsOptions, ours.ListPropertiesOfSecretsOptions>,
  Is<official.ListPropertiesOfSecretVersionsOptions, ours.ListPropertiesOfSecretVersionsOptions>,
  Is<official.ListDeletedSecretsOptions, ours.ListDeletedSecretsOptions>,
  Is<official.SecretPollerOptions, ours.SecretPollerOptions>,
  Is<official.BeginDeleteSecretOptions, ours.BeginDeleteSecretOptions>,
  Is<official.BeginRecoverDeletedSecretOptions, ours.BeginRecoverDeletedSecretOptions>,
]

export type OptionNamesAreKnown = [
  Is<keyof official.SecretClientOptions, keyof ours.SecretClientOptions>,
  Is<keyof official.SetSecretOptions, keyof ours.SetSecretOptions>,
  Is<keyof official.GetSecretOptions, keyof ours.GetSecretOptions>,
  Is<keyof official.BeginDeleteSecretOptions, keyof ours.BeginDeleteSecretOptions>,
]

export type ResultsAreTheSame = [
  Is<ours.KeyVaultSecret, official.KeyVaultSecret>,
  Is<official.KeyVaultSecret, ours.KeyVaultSecret>,
  Is<ours.SecretProperties, official.SecretProperties>,
  Is<official.SecretProperties, ours.SecretProperties>,
  Is<ours.DeletedSecret, official.DeletedSecret>,
  Is<official.DeletedSecret, ours.DeletedSecret>,
  Is<ours.KeyVaultSecretIdentifier, official.KeyVaultSecretIdentifier>,
  Is<ours.PollerLike<ours.PollOperationState<1>, 1>, official.PollerLike<official.PollOperationState<1>, 1>>,
  Is<ours.PagedAsyncIterableIterator<1>, official.PagedAsyncIterableIterator<1>>,
  Is<ours.PageSettings, official.PageSettings>,
  Is<ours.DeletionRecoveryLevel, official.DeletionRecoveryLevel>,
  Is<ours.ContentType, official.ContentType>,
]

export type TheClientIsTheSame = [
  Is<Members<ours.SecretClient>, Members<official.SecretClient>>,
  Is<ConstructorParameters<typeof official.SecretClient>, ConstructorParameters<typeof ours.SecretClient>>,
  Is<TokenCredential, ours.TokenCredential>,
  Is<ours.ClientSecretCredential, TokenCredential>,
]

export function errorsAreReadTheSameWay(caught: unknown): [string?, number?, string?, string?] {
  if (!ours.isRestError(caught)) return []
  return [caught.code, caught.statusCode, caught.request?.url, caught.response?.headers.get('x-ms-request-id')]
}

export const error: Error = new ours.RestError('message', { code: ours.RestError.PARSE_ERROR, statusCode: 500 })
export const level: official.DeletionRecoveryLevel = ours.KnownDeletionRecoveryLevel.Recoverable
export const pem: ours.KnownContentType = ours.KnownContentType.PEM

export async function daily(client: ours.SecretClient): Promise<void> {
  for await (const page of client.listPropertiesOfSecrets().byPage({ maxPageSize: 3 })) {
    page.map(({ name }) => name satisfies string)
    page.continuationToken satisfies string | undefined
  }
  const poller = await client.beginDeleteSecret('name')
  ;(await poller.pollUntilDone()) satisfies official.DeletedSecret
  const backup = await client.backupSecret('name')
  if (backup !== undefined) await client.restoreSecretBackup(backup)
  // @ts-expect-error neither client knows the option
  await client.setSecret('name', 'value', { expires: new Date() })
  // @ts-expect-error neither client knows the option
  new ours.SecretClient('https://v.test', {} as TokenCredential, { retry: 1 })
}
