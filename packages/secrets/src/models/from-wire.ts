import {
  type DeletedSecretBundle,
  type DeletedSecretItem,
  type SecretBundle,
  type SecretItem,
  tryParseSecretIdentifier,
} from '@strongroom/protocol'
import type { DeletedSecret } from './deleted-secret.js'
import { type KeyVaultSecret, keyVaultSecret } from './key-vault-secret.js'
import type { SecretProperties } from './secret-properties.js'
import { dateFromUnixTime } from './unix-time.js'

/** The answer is JSON, yet not what the operation answers. */
export class MalformedAnswer extends Error {}

export function secretFromBundle(bundle: SecretBundle): KeyVaultSecret {
  const properties = propertiesOf(bundle)
  return keyVaultSecret({ name: properties.name, value: bundle.value, properties })
}

export function propertiesOf(item: SecretBundle | SecretItem): SecretProperties {
  const identifier = typeof item?.id === 'string' ? tryParseSecretIdentifier(item.id) : undefined
  if (identifier === undefined) throw new MalformedAnswer('The answer has no secret id')
  const attributes = item.attributes ?? {}
  const bundle: Partial<SecretBundle> = item
  return defined<SecretProperties>({
    vaultUrl: identifier.vaultUrl,
    name: identifier.name,
    version: identifier.version,
    id: item.id,
    contentType: item.contentType ?? undefined,
    enabled: attributes.enabled,
    notBefore: dateFromUnixTime(attributes.nbf),
    expiresOn: dateFromUnixTime(attributes.exp),
    createdOn: dateFromUnixTime(attributes.created),
    updatedOn: dateFromUnixTime(attributes.updated),
    recoveryLevel: attributes.recoveryLevel,
    recoverableDays: attributes.recoverableDays,
    tags: item.tags ?? undefined,
    managed: item.managed,
    certificateKeyId: bundle.kid,
    previousVersion: bundle.previousVersion,
  })
}

export function deletedSecretFromBundle(bundle: DeletedSecretBundle | DeletedSecretItem): DeletedSecret {
  const properties = propertiesOf(bundle)
  const deletion = defined<Pick<DeletedSecret, 'recoveryId' | 'scheduledPurgeDate' | 'deletedOn'>>({
    recoveryId: bundle.recoveryId ?? undefined,
    scheduledPurgeDate: dateFromUnixTime(bundle.scheduledPurgeDate),
    deletedOn: dateFromUnixTime(bundle.deletedDate),
  })
  return defined<DeletedSecret>({
    name: properties.name,
    id: properties.id,
    properties: { ...properties, ...deletion },
    ...deletion,
  })
}

/** Leaves out members without a value, as the types of the models promise. */
function defined<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T
}
