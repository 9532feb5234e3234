import type { ApiFeatures } from '@strongroom/protocol'
import type { DeletedSecret, SecretVersion } from '../vault/secret.js'
import type { SecretValue } from '../vault/secret-value.js'
import { recoverableDaysOf, recoveryLevelOf, type VaultSettings } from '../vault/vault-settings.js'

/** What the body of an answer depends on besides the secret. */
export interface BodyContext {
  readonly vault: VaultSettings
  readonly origin: string
  readonly features: ApiFeatures
}

/*
 * Bodies are concatenated: names and ids need no escaping, tags are kept as JSON, and only value and content type are
 * made into JSON here. The order of the members is the one recorded of the service.
 */

/** @param value - left out of every answer but those to set and get */
export function secretBundle(context: BodyContext, version: SecretVersion, value?: SecretValue): string {
  const first = value === undefined ? '' : `"value":${JSON.stringify(value.reveal())},`
  return `{${first}${members(context, version, version.id)}${previousVersion(context, version)}}`
}

/** Without soft delete a deleted secret has no recovery id and no dates. */
export function deletedBundle(context: BodyContext, secret: DeletedSecret | SecretVersion): string {
  return `{${recovery(context, secret)}${members(context, secret, secret.id)}${previousVersion(context, secret)}}`
}

/** An item of the list of secrets: no version in its id. */
export const secretItem = (context: BodyContext, secret: SecretVersion): string => `{${members(context, secret)}}`

/** An item of the list of a secret's versions. */
export const versionItem = (context: BodyContext, version: SecretVersion): string =>
  `{${members(context, version, version.id)}}`

export const deletedItem = (context: BodyContext, secret: DeletedSecret): string =>
  `{${recovery(context, secret)}${members(context, secret)}}`

/** The one body with a null: `nextLink` of the last page. */
export function listResult(items: readonly string[], nextLink: string | undefined): string {
  return `{"value":[${items.join(',')}],"nextLink":${nextLink === undefined ? 'null' : JSON.stringify(nextLink)}}`
}

function members(context: BodyContext, version: SecretVersion, id?: string): string {
  const contentType = version.contentType === undefined ? '' : `"contentType":${JSON.stringify(version.contentType)},`
  const tags = version.tags === undefined ? '' : `,"tags":${version.tags}`
  const path = id === undefined ? '' : `/${id}`
  return `${contentType}"id":"${context.origin}/secrets/${version.name}${path}","attributes":${attributes(context, version)}${tags}`
}

function attributes({ vault, features }: BodyContext, version: SecretVersion): string {
  const notBefore = version.notBefore === undefined ? '' : `,"nbf":${version.notBefore}`
  const expiresOn = version.expiresOn === undefined ? '' : `,"exp":${version.expiresOn}`
  const level = recoveryLevelOf(vault)
  // Before 7.1 there were neither the days nor the levels that speak of them.
  const recovery = features.recoverableDays
    ? `"${level}","recoverableDays":${recoverableDaysOf(vault)}`
    : `"${level.replace('Customized', '')}"`
  return `{"enabled":${version.enabled}${notBefore}${expiresOn},"created":${version.createdOn},"updated":${version.updatedOn},"recoveryLevel":${recovery}}`
}

function previousVersion({ origin, features }: BodyContext, version: SecretVersion): string {
  if (!features.previousVersion || version.previous === undefined) return ''
  return `,"previousVersion":"${origin}/secrets/${version.name}/${version.previous}"`
}

function recovery({ origin }: BodyContext, secret: DeletedSecret | SecretVersion): string {
  if (!('deletedOn' in secret)) return ''
  return `"recoveryId":"${origin}/deletedsecrets/${secret.name}","deletedDate":${secret.deletedOn},"scheduledPurgeDate":${secret.scheduledPurgeOn},`
}
